# shellcheck shell=bash
# Sourced by quickstart, run-tests and lint: packages, configuring, building. Does nothing when run by itself.
# A second call of anything here costs nothing and needs no network.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# shellcheck disable=SC2034  # used by the scripts that source this one
packages=(g++ cmake ninja-build ccache python3 python3-psutil llvm-19-dev llvm-19-tools zlib1g-dev libzstd-dev
  libpng-dev libjpeg-dev libboost-dev libabsl-dev libgtest-dev libgmock-dev)
# What only tests want: PyTorch and scikit-learn are the references of test/peers and xxhash that of model files' checksums, a
# locale with decimal commas is made of locales, and SIMDe lets the AVX-512 kernels run on processors without AVX-512.
# shellcheck disable=SC2034
testPackages=(python3-torch python3-sklearn python3-xxhash locales libsimde-dev)
# What only the long form wants: the kernels of 64-bit ARM are cross-built and run under QEMU, and the page of dlc serve is
# used in Chromium.
# shellcheck disable=SC2034
longPackages=(g++-aarch64-linux-gnu qemu-user googletest chromium nodejs)

say() { printf '== %s\n' "$*"; }

# installMissing PACKAGE...: apt-get where it has the rights; otherwise prints the one line to run and exits with 2.
installMissing() {
  local missing=() package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  local rights=()
  if ((EUID != 0)); then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      rights=(sudo -n)
    else
      printf 'These packages are missing; install them and start again:\n' >&2
      printf '  sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n' "${missing[*]}" >&2
      exit 2
    fi
  fi
  say "installing ${missing[*]}"
  installedSome=1
  "${rights[@]}" apt-get update -qq
  "${rights[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# build PRESET [TARGET...]: configures build/PRESET once, then builds. Ninja re-runs CMake when a file is added.
build() {
  local preset=$1 target targets=()
  shift
  for target in "$@"; do
    targets+=(--target "$target")
  done
  # What was installed a moment ago is looked for again, also in a folder that was configured without it.
  if [[ ! -f $root/build/$preset/build.ninja || -n ${installedSome:-} ]]; then
    say "configuring build/$preset"
    cmake -S "$root" --preset "$preset" >/dev/null
  fi
  say "building build/$preset"
  cmake --build "$root/build/$preset" "${targets[@]}"
}
