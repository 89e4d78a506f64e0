# Packages of the distribution.

# A browser without windows prints the reports; the font is for Chinese text in them.
PACKAGES_RUN=(python3 python3-venv postgresql libmagic1 ca-certificates chromium-headless-shell fonts-wqy-microhei)
# libatomic1: the browser driver of the end-to-end tests; git: lint asks it which files are ours.
PACKAGES_TEST=(chromium libatomic1 git)

installed() { [[ $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) == *"ok installed" ]]; }

missing_packages() {
    local package
    for package in "$@"; do
        case $package in
            chromium) command -v chromium >/dev/null && continue ;;
            # The whole browser prints as well.
            chromium-headless-shell) [[ " $* " == *" chromium "* ]] || command -v chromium >/dev/null && continue ;;
            python3 | python3-venv) [[ -n ${ARC_PYTHON:-} ]] && continue ;;
        esac
        installed "$package" || printf '%s\n' "$package"
    done
}

install_packages() {
    if [[ " $* " == *" postgresql "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
        # The suite brings its own cluster; a system one would only take a port and memory.
        as_root mkdir -p /etc/postgresql-common/createcluster.d
        echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.d/alarm-centre.conf >/dev/null
    fi
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# setup_system run|test
setup_system() {
    command -v apt-get >/dev/null || die "this machine has no apt-get" "the set-up is for Debian 12; elsewhere use docker/"
    local wanted=("${PACKAGES_RUN[@]}") missing
    [[ $1 != test ]] || wanted+=("${PACKAGES_TEST[@]}")
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    ((${#missing[@]})) || return 0
    [[ " ${missing[*]} " != *" postgresql "* || -e /etc/postgresql-common/createcluster.conf ]] ||
        say "  So that its package starts no cluster: /etc/postgresql-common/createcluster.d/alarm-centre.conf"
    say "  From the distribution, with apt-get$([[ $(id -u) == 0 ]] || echo " through sudo"): ${missing[*]}"
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || die "packages are missing: ${missing[*]}" "there is no sudo here: as root, apt-get install ${missing[*]}"
        sudo -v || die "packages are missing: ${missing[*]}" "sudo refused: as root, apt-get install ${missing[*]}"
    fi
    run_logged "installing ${#missing[@]} package(s) of the distribution" setup-system install_packages "${missing[@]}"
}
