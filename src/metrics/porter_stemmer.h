// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dovetail {

// The stem of a word in lower case by Porter (1980) with the extensions that nltk's PorterStemmer
// has by default: "flies" and "fly" are "fli", "dying" is "die", words of two letters stay.
// Characters are code points; any but a, e, i, o, u and y counts as a consonant.
std::string porter_stem(std::string_view word);

}  // namespace dovetail
