# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=embedded.cc -DHEADER=room/embedded.h -DNAMES="a;b" -DFILES="a.html;b.js"
#       -P embed.cmake
# Writes a function for each name that returns the bytes of its file (NOTFOUND: of none).
set(code "// SPDX-License-Identifier: Apache-2.0\n// Made by embed.cmake.\n")
string(APPEND code "#include \"${HEADER}\"\n\nnamespace dovetail::embedded {\n")
foreach(name file IN ZIP_LISTS NAMES FILES)
  set(text "")
  if(EXISTS "${file}")
    file(READ "${file}" text)
  endif()
  string(FIND "${text}" ")embedded\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} holds )embedded\", which ends a raw string; change embed.cmake")
  endif()
  string(APPEND code "\nstd::string_view ${name}() { return R\"embedded(${text})embedded\"; }\n")
endforeach()
string(APPEND code "\n}  // namespace dovetail::embedded\n")
file(WRITE "${OUTPUT}" "${code}")
