# SPDX-License-Identifier: Apache-2.0
import hydra
from task import work


@hydra.main(version_base=None, config_path=None)
def main(config):
    work(config.folder, config.task)


main()
