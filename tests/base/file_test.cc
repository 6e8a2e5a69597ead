// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "base/error.h"

namespace dovetail {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class File : public ::testing::Test {
 protected:
  File() {
    std::string pattern = (fs::temp_directory_path() / "dovetail_file_test.XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~File() override { fs::remove_all(folder_); }

  int64_t entries() const { return std::distance(fs::directory_iterator(folder_), {}); }

  fs::path folder_;
};

TEST_F(File, WhatIsWrittenIsRead) {
  const std::string bytes("a\0b\n\xff", 5);

  write_file_atomically(folder_ / "f", bytes);
  EXPECT_EQ(read_file(folder_ / "f"), bytes);

  write_file_atomically(folder_ / "f", "");
  EXPECT_EQ(read_file(folder_ / "f"), "");
  EXPECT_EQ(entries(), 1) << "a temporary file was left behind";
}

TEST_F(File, MissingOneIsNamed) {
  EXPECT_THAT([&] { read_file(folder_ / "gone"); },
              ThrowsMessage<SystemError>(HasSubstr((folder_ / "gone").string())));
  EXPECT_THAT([&] { write_file_atomically(folder_ / "gone" / "f", "x"); },
              ThrowsMessage<SystemError>(HasSubstr("No such file or directory")));
  EXPECT_THROW(MappedFile(folder_.string()), SystemError) << "a folder is no file";
}

TEST_F(File, MappedOneCanBeMoved) {
  write_file_atomically(folder_ / "f", "abc");

  MappedFile first(folder_ / "f");
  const MappedFile second(std::move(first));

  EXPECT_EQ(second.bytes(), "abc");
  EXPECT_EQ(first.bytes(), "");
}

// A limit on the file size makes write() fail half-way, as a full disk does.
[[noreturn]] void exit_with_answer_on_a_full_disk(const fs::path& file) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{1000, 1000};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  try {
    write_file_atomically(file, std::string(5000, 'x'));
  } catch (const SystemError& error) {
    const bool named =
        std::string_view(error.what()).find(file.filename().string()) != std::string::npos;
    std::_Exit(named ? 0 : 2);
  }
  std::_Exit(1);
}

TEST_F(File, FullDiskLeavesTheOldFileAndNoHalfOne) {
  write_file_atomically(folder_ / "f", "old");

  EXPECT_EXIT(exit_with_answer_on_a_full_disk(folder_ / "f"), ::testing::ExitedWithCode(0), "");

  EXPECT_EQ(read_file(folder_ / "f"), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(File, WritersAtOnceLeaveOneWholeFile) {
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([this, i] {
      for (int j = 0; j < 20; ++j)
        write_file_atomically(folder_ / "f", std::string(10000, 'a' + i));
    });
  }
  for (std::thread& writer : writers) writer.join();

  const std::string bytes = read_file(folder_ / "f");
  EXPECT_EQ(bytes, std::string(10000, bytes.at(0)));
  EXPECT_EQ(entries(), 1);
}

TEST_F(File, FolderIsPublishedWhole) {
  publish_folder(folder_ / "key", [&](const fs::path& temporary) {
    fs::create_directory(temporary / "inner");
    std::ofstream(temporary / "inner" / "f") << "x";
    EXPECT_FALSE(fs::exists(folder_ / "key"));
  });

  EXPECT_EQ(read_file(folder_ / "key" / "inner" / "f"), "x");
  EXPECT_EQ(entries(), 1);
}

TEST_F(File, FirstPublisherWins) {
  const auto publish = [&](const char* text) {
    publish_folder(folder_ / "key", [&](const fs::path& f) { std::ofstream(f / "f") << text; });
  };

  publish("first");
  publish("second");

  EXPECT_EQ(read_file(folder_ / "key" / "f"), "first");
  EXPECT_EQ(entries(), 1);
}

TEST_F(File, FailedPublicationLeavesNothing) {
  EXPECT_THROW(publish_folder(folder_ / "key",
                              [](const fs::path& f) {
                                std::ofstream(f / "f") << "half";
                                throw Interrupted();
                              }),
               Interrupted);

  EXPECT_EQ(entries(), 0);
}

}  // namespace
}  // namespace dovetail
