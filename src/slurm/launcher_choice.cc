// SPDX-License-Identifier: Apache-2.0
#include "slurm/launcher_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/names.h"

namespace dovetail {

namespace {

// "pmix", "pmi2" and the like: the last word of each line. Before 22.05 the lines begin "srun: ",
// and versions ("pmix_v4") stood among them.
bool slurm_has(const std::string& srun_list, const std::string& plugin) {
  for (const std::string& line : split(srun_list, '\n')) {
    const std::string text(trim(line));
    const std::string word = text.substr(text.rfind(' ') + 1);
    if (word == plugin || word.starts_with(plugin + "_")) return true;
  }
  return false;
}

std::string value_in(const std::string& ompi_info, const std::string& key) {
  for (const std::string& line : split(ompi_info, '\n')) {
    if (line.starts_with(key + ":")) return line.substr(key.size() + 1);
  }
  return "";
}

// Components of the framework "pmix" of Open MPI 4: s1 and s2 speak Slurm's PMI-1 and PMI-2, ext3x,
// pmix3x and the like PMIx. Open MPI 5 speaks nothing but PMIx.
bool open_mpi_has(const std::string& ompi_info, const std::string& kind) {
  if (std::atoi(value_in(ompi_info, "ompi:version:full").c_str()) >= 5) return kind == "pmix";
  const std::vector<std::string> lines = split(ompi_info, '\n');
  return std::ranges::any_of(lines, [&](const std::string& line) {
    if (kind == "pmi2") return line.starts_with("mca:pmix:s2:");
    return line.starts_with("mca:pmix:ext") || line.starts_with("mca:pmix:pmix");
  });
}

}  // namespace

LauncherChoice choose_launcher(const std::string& srun_list, const std::string& ompi_info) {
  const std::string version = value_in(ompi_info, "ompi:version:full");
  if (version.empty()) {
    return {"mpirun",
            "mpirun inside the allocation: there is no ompi_info here, which would tell what this "
            "cluster's Open MPI can do under srun"};
  }
  for (const char* kind : {"pmix", "pmi2"}) {
    if (!slurm_has(srun_list, kind) || !open_mpi_has(ompi_info, kind)) continue;
    return {fmt::format("srun-{}", kind),
            fmt::format("srun --mpi={}: Slurm and Open MPI {} both have it", kind, version)};
  }
  const bool slurm_can = slurm_has(srun_list, "pmix") || slurm_has(srun_list, "pmi2");
  return {"mpirun", fmt::format("mpirun inside the allocation: {}",
                                slurm_can ? fmt::format("Open MPI {} was built without the PMIx or "
                                                        "PMI2 that Slurm's srun has",
                                                        version)
                                          : "Slurm's srun has neither PMIx nor PMI2")};
}

}  // namespace dovetail
