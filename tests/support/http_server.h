#pragma once

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace posthoc::testing {

/// A web server on a free port of this computer, for one connection at a time. What it says to a path is a raw HTTP
/// response, which may lie about its length.
class HttpServer {
 public:
  /// What a path gets: a whole response, or the start of one after which `then` is sent again and again.
  struct Answer {
    std::string response;
    std::string then = {};
    bool hang = false;  ///< keep the connection open and say no more
  };

  explicit HttpServer(std::map<std::string, Answer> answers) : answers_(std::move(answers)) {
    socket_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (socket_ < 0 || bind(socket_, any, size) != 0 || listen(socket_, 8) != 0 ||
        getsockname(socket_, any, &size) != 0) {
      throw std::runtime_error("no server could be started on 127.0.0.1");
    }
    port_ = ntohs(address.sin_port);
    setenv("no_proxy", "127.0.0.1", 1);
    thread_ = std::thread([this] { serve(); });
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer() {
    stopping_ = true;
    shutdown(socket_, SHUT_RDWR);  // wakes accept
    thread_.join();
    close(socket_);
  }

  [[nodiscard]] std::string url(const std::string& path = "") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] int requests() const { return requests_; }

  /// A truthful response.
  static Answer file(const std::string& body) {
    return {"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
            body};
  }

 private:
  void serve() {
    while (!stopping_) {
      const int connection = accept(socket_, nullptr, nullptr);
      if (connection < 0) continue;
      answer(connection);
      close(connection);
    }
  }

  void answer(int connection) {
    std::string request;
    std::array<char, 4096> block{};
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t size = recv(connection, block.data(), block.size(), 0);
      if (size <= 0) return;
      request.append(block.data(), static_cast<std::size_t>(size));
    }
    ++requests_;
    const std::string path = request.substr(4, request.find(' ', 4) - 4);  // "GET /path HTTP/1.1"
    const auto found = answers_.find(path);
    const Answer missing{"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone"};
    const Answer& reply = found != answers_.end() ? found->second : missing;
    if (!send_all(connection, reply.response)) return;
    while (!reply.then.empty() && !stopping_ && send_all(connection, reply.then)) {
    }
    while (reply.hang && !stopping_ && recv(connection, block.data(), block.size(), 0) > 0) {
    }
  }

  static bool send_all(int connection, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  std::map<std::string, Answer> answers_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

}  // namespace posthoc::testing
