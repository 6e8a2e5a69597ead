# SPDX-License-Identifier: Apache-2.0
# Run at every build: writes COMMIT_HEADER with the commit that is built, "-dirty" where files
# differ from it, and touches the file only when that has changed.
execute_process(COMMAND git describe --always --dirty --abbrev=12 --exclude=*
                WORKING_DIRECTORY ${SOURCE_FOLDER} OUTPUT_VARIABLE commit
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit unknown)   # a source archive without its repository
endif()
file(CONFIGURE OUTPUT ${COMMIT_HEADER} CONTENT "#define DOVETAIL_COMMIT \"@commit@\"\n" @ONLY)
