#include "report/document.h"

namespace posthoc::report {

std::vector<const Figure*> Document::figures() const {
  std::vector<const Figure*> all;
  for (const Block& block : blocks) {
    if (const auto* figure = std::get_if<Figure>(&block)) all.push_back(figure);
  }
  return all;
}

std::string slug(std::string_view text) {
  std::string name;
  for (const char letter : text) {
    if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) {
      name += letter;
    } else if (letter >= 'A' && letter <= 'Z') {
      name += static_cast<char>(letter - 'A' + 'a');
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "x" : name;
}

}  // namespace posthoc::report
