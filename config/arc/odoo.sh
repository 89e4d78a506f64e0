# The Odoo 19 tree: ARC_ODOO, or Debian's package unpacked into the state folder without installing it.

ODOO_LINKED_SID=(libjs-jquery libjs-jquery-form libjs-underscore fonts-roboto-unhinted fonts-montserrat fonts-ocr-b)
# Font Awesome 4.7 and Inconsolata as Odoo's style sheets name their files: those of Debian 12.
ODOO_LINKED_STABLE=(fonts-font-awesome fonts-inconsolata)
ODOO_STABLE=bookworm

debian_mirror() {
    if [[ -n ${ARC_DEBIAN_MIRROR:-} ]]; then
        printf '%s' "$ARC_DEBIAN_MIRROR"
    else
        # No early exit in awk: apt-get answers a closed pipe with an error.
        apt-get indextargets --format '$(SITE) $(ORIGIN) $(CODENAME)' 2>/dev/null |
            awk '$2 == "Debian" && $1 !~ /security/ && !site {site = $1} END {print site}'
    fi
}

# Fetches with apt's own signature check, and leaves the system's sources and lists alone.
download_odoo() {
    local mirror=$1 work=$ARC_HOME/odoo.part keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    rm -rf "$work"
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs" "$work/tree"
    {
        echo "deb [signed-by=$keyring] $mirror sid main"
        echo "deb [signed-by=$keyring] $mirror $ODOO_STABLE main"
    } >"$work/sources.list"
    # A file, because apt splits option values at spaces that a path may have.
    cat >"$work/apt.conf" <<CONF
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$work/lists";
Dir::Cache "$work/cache";
Acquire::Languages "none";
// A mirror that is a snapshot carries lists past their stated validity; their signatures are checked all the same.
Acquire::Check-Valid-Until "false";
Acquire::Retries "3";
CONF
    [[ $(id -u) != 0 ]] || echo 'APT::Sandbox::User "root";' >>"$work/apt.conf"
    APT_CONFIG=$work/apt.conf apt-get update
    (
        cd "$work/debs"
        APT_CONFIG=$work/apt.conf apt-get download odoo-19/sid "${ODOO_LINKED_SID[@]/%//sid}" "${ODOO_LINKED_STABLE[@]/%//$ODOO_STABLE}"
    )
    local deb
    for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/tree"; done
    local dangling
    dangling=$(find "$work/tree" -xtype l)
    [[ -z $dangling ]] || {
        echo "links of the Odoo package lead nowhere: $dangling"
        exit 1
    }
    rm -rf "$ARC_HOME/odoo"
    mv "$work/tree" "$ARC_HOME/odoo"
    rm -rf "$work"
}

# Sets ODOO_PYTHONPATH (what makes `import odoo` work) and ODOO_ADDONS (its addons folders).
locate_odoo() {
    local tree=${ARC_ODOO:-$ARC_HOME/odoo}
    if [[ -e $tree/usr/lib/python3/dist-packages/odoo/release.py ]]; then
        ODOO_PYTHONPATH=$tree/usr/lib/python3/dist-packages
        ODOO_ADDONS=$ODOO_PYTHONPATH/odoo/addons
    elif [[ -e $tree/odoo/release.py ]]; then
        ODOO_PYTHONPATH=$(cd "$tree" && pwd)
        ODOO_ADDONS=$ODOO_PYTHONPATH/odoo/addons
        [[ ! -d $tree/addons ]] || ODOO_ADDONS=$ODOO_ADDONS,$ODOO_PYTHONPATH/addons
    else
        die "there is no Odoo in $tree (odoo/release.py not found)" "ARC_ODOO names the folder that holds odoo-bin, or an unpacked Debian package"
    fi
    grep -qE 'version_info *= *\(19, *0' "$ODOO_PYTHONPATH/odoo/release.py" ||
        die "the Odoo in $tree is not 19.0: $(grep -m1 'version_info *=' "$ODOO_PYTHONPATH/odoo/release.py")" "set ARC_ODOO to a 19.0 tree"
}

setup_odoo() {
    if [[ -z ${ARC_ODOO:-} ]]; then
        [[ -e $STEPS/odoo && -d $ARC_HOME/odoo ]] || {
            rm -f "$STEPS/odoo"
            free_disk_or_die 2500
            [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] || run_logged "installing Debian's archive keys" setup-keyring as_root apt-get install -y debian-archive-keyring
            local mirror
            mirror=$(debian_mirror)
            [[ -n $mirror ]] || die "no Debian mirror is known on this machine" "set ARC_DEBIAN_MIRROR to one (for example the deb line's address of a Debian machine nearby)"
            step odoo 1 "downloading and unpacking Odoo 19 (130 MB)" download_odoo "$mirror"
        }
    fi
    locate_odoo
}
