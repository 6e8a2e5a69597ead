// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace dovetail {

// Each adds one command of `dovetail bench`, in the file of its name.
void add_bench_train(CLI::App& bench, std::function<int()>& chosen);
void add_bench_group(CLI::App& bench, std::function<int()>& chosen);
void add_bench_driver(CLI::App& bench, std::function<int()>& chosen);
void add_bench_generate(CLI::App& bench, std::function<int()>& chosen);
void add_bench_score(CLI::App& bench, std::function<int()>& chosen);
void add_bench_store(CLI::App& bench, std::function<int()>& chosen);

}  // namespace dovetail
