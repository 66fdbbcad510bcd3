//! What is known of how single programs read their words. Names only; no rule is decided here.

/// Flags of a program that take the next word as their value.
pub(crate) fn value_flags(program: &str) -> &'static [&'static str] {
    match program {
        "apt" | "apt-get" | "aptitude" | "apt-cache" => &[
            "-o",
            "--option",
            "-c",
            "--config-file",
            "-t",
            "--target-release",
            "--default-release",
            "-a",
            "--host-architecture",
        ],
        "apk" => &[
            "-t",
            "--virtual",
            "-X",
            "--repository",
            "-p",
            "--root",
            "--arch",
            "--keys-dir",
            "--cache-dir",
            "--cache-max-age",
            "--repositories-file",
            "--wait",
            "--progress-fd",
        ],
        "install" => &["-m", "--mode", "-o", "--owner", "-g", "--group", "-t", "--target-directory", "-S", "--suffix"],
        "yum" | "dnf" | "microdnf" | "tdnf" | "yum-config-manager" | "dnf-config-manager" => &[
            "-c",
            "--config",
            "-d",
            "--debuglevel",
            "-e",
            "--errorlevel",
            "-x",
            "--exclude",
            "--excludepkgs",
            "--installroot",
            "--releasever",
            "--repo",
            "--repoid",
            "--enablerepo",
            "--disablerepo",
            "--setopt",
        ],
        "zypper" => &["-R", "--root", "--reposd-dir", "-D", "-C", "--cache-dir", "-r", "--repo", "--from"],
        "pip" | "pip2" | "pip3" => &[
            "-r",
            "--requirement",
            "-c",
            "--constraint",
            "-e",
            "--editable",
            "-i",
            "--index-url",
            "--extra-index-url",
            "-f",
            "--find-links",
            "-t",
            "--target",
            "--prefix",
            "--root",
            "--proxy",
            "--cache-dir",
            "--timeout",
            "--retries",
            "--trusted-host",
            "--log",
            "--platform",
            "--python-version",
            "--implementation",
            "--abi",
            "--progress-bar",
            "--only-binary",
            "--no-binary",
            "--cert",
            "--src",
            "-d",
            "--dest",
            "-w",
            "--wheel-dir",
        ],
        "npm" | "pnpm" | "yarn" => &[
            "--prefix",
            "-C",
            "--cwd",
            "--registry",
            "--loglevel",
            "--cache",
            "--userconfig",
            "--workspace",
            "-w",
            "--cache-folder",
            "--network-timeout",
            "--filter",
            "--modules-folder",
        ],
        "gem" => &["-v", "--version", "-i", "--install-dir", "-n", "--bindir", "-s", "--source", "-P", "--platform"],
        "git" => &["-C", "-c", "--git-dir", "--work-tree", "-b", "--branch", "--depth", "-o", "--origin"],
        "go" => &["-C", "-o", "-ldflags", "-tags", "-mod", "-modfile", "-gcflags", "-asmflags", "-p"],
        "curl" => &[
            "-o",
            "--output",
            "-H",
            "--header",
            "-d",
            "--data",
            "--data-raw",
            "--data-binary",
            "-X",
            "--request",
            "-u",
            "--user",
            "-A",
            "--user-agent",
            "-e",
            "--referer",
            "-b",
            "--cookie",
            "-c",
            "--cookie-jar",
            "-m",
            "--max-time",
            "--connect-timeout",
            "--retry",
            "--retry-delay",
            "--retry-max-time",
            "-x",
            "--proxy",
            "-E",
            "--cert",
            "--cacert",
            "--key",
            "-F",
            "--form",
            "-w",
            "--write-out",
            "-T",
            "--upload-file",
            "-r",
            "--range",
            "-K",
            "--config",
            "--resolve",
            "--proto",
            "-C",
            "--continue-at",
            "-D",
            "--dump-header",
            "--output-dir",
            "-y",
            "--speed-time",
            "-Y",
            "--speed-limit",
            "-z",
            "--time-cond",
            "--ciphers",
            "--tls-max",
            "--capath",
        ],
        "wget" => &[
            "-O",
            "--output-document",
            "-o",
            "--output-file",
            "-P",
            "--directory-prefix",
            "-T",
            "--timeout",
            "-t",
            "--tries",
            "-U",
            "--user-agent",
            "--header",
            "-e",
            "--execute",
            "-a",
            "--append-output",
            "-w",
            "--wait",
            "-i",
            "--input-file",
        ],
        "sudo" => {
            &["-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "-r", "-t", "-D", "-R", "-T"]
        }
        "su" => &["-s", "--shell", "-g", "--group", "-G", "--supp-group"],
        "env" => &["-u", "--unset", "-C", "--chdir"],
        "nice" => &["-n", "--adjustment"],
        "timeout" => &["-s", "--signal", "-k", "--kill-after"],
        "xargs" => {
            &["-n", "--max-args", "-I", "-L", "-P", "--max-procs", "-d", "--delimiter", "-a", "--arg-file", "-s", "-E"]
        }
        "gpg" | "gpg2" => {
            &["--keyserver", "--homedir", "--keyserver-options", "--output", "-o", "--status-fd", "--passphrase"]
        }
        "useradd" => &[
            "-u",
            "--uid",
            "-g",
            "--gid",
            "-G",
            "--groups",
            "-d",
            "--home-dir",
            "--home",
            "-s",
            "--shell",
            "-c",
            "--comment",
            "-p",
            "--password",
            "-k",
            "--skel",
            "-b",
            "--base-dir",
            "-e",
            "-f",
            "-K",
            "-R",
            "-P",
            "-Z",
        ],
        "adduser" => &[
            "-u",
            "--uid",
            "-G",
            "--ingroup",
            "-h",
            "--home",
            "-s",
            "--shell",
            "-g",
            "--gecos",
            "--gid",
            "-k",
            "--conf",
        ],
        "groupadd" | "addgroup" => &["-g", "--gid", "-K", "-R", "-P"],
        "usermod" => {
            &["-u", "--uid", "-g", "--gid", "-G", "--groups", "-d", "--home", "-s", "--shell", "-l", "-c", "-p"]
        }
        "chown" | "chgrp" | "chmod" => &["--reference", "--from"],
        "tar" => &["-C", "--directory", "-f", "--file", "-X", "--exclude-from", "--strip-components", "--exclude"],
        "docker" => &["-H", "--host", "--config", "-c", "--context", "-l", "--log-level"],
        "gunicorn" | "uvicorn" => &["-b", "--bind", "-w", "--workers", "--host", "--port"],
        _ => &[],
    }
}

/// Whether the first operand of a program is a sub-command.
pub(crate) fn has_verbs(program: &str) -> bool {
    matches!(
        program,
        "apt"
            | "apt-get"
            | "apt-cache"
            | "apt-key"
            | "apt-mark"
            | "aptitude"
            | "apk"
            | "yum"
            | "dnf"
            | "microdnf"
            | "tdnf"
            | "zypper"
            | "pacman"
            | "emerge"
            | "brew"
            | "pip"
            | "pip2"
            | "pip3"
            | "pipenv"
            | "pipx"
            | "poetry"
            | "uv"
            | "conda"
            | "mamba"
            | "micromamba"
            | "npm"
            | "pnpm"
            | "yarn"
            | "bun"
            | "gem"
            | "bundle"
            | "composer"
            | "cargo"
            | "rustup"
            | "go"
            | "git"
            | "docker"
            | "podman"
            | "kubectl"
            | "helm"
            | "systemctl"
            | "service"
            | "dotnet"
            | "mix"
            | "luarocks"
            | "snap"
            | "corepack"
            | "opkg"
            | "terraform"
            | "aws"
            | "az"
            | "gcloud"
    )
}

/// Whether a program's long flags begin with one dash, so that letters behind it are not split.
pub(crate) fn has_long_single_dash(program: &str) -> bool {
    matches!(
        program,
        "go" | "java" | "javac" | "find" | "openssl" | "terraform" | "gcc" | "g++" | "clang" | "ffmpeg" | "qemu-img"
    )
}

/// How much of a command's words belongs to a program that runs the rest: `sudo`, `env`, `exec`.
pub(crate) fn is_wrapper(program: &str) -> bool {
    matches!(
        program,
        "sudo"
            | "doas"
            | "env"
            | "exec"
            | "command"
            | "builtin"
            | "nohup"
            | "time"
            | "nice"
            | "ionice"
            | "timeout"
            | "xargs"
            | "gosu"
            | "su-exec"
            | "setpriv"
            | "tini"
            | "dumb-init"
            | "catchsegv"
            | "eatmydata"
            | "stdbuf"
            | "chpst"
    )
}

/// How many operands of a wrapper come before the command: a duration, a user.
pub(crate) fn wrapper_operands(program: &str) -> usize {
    usize::from(matches!(program, "timeout" | "gosu" | "su-exec"))
}

/// Whether a program is a shell whose scripts are read here.
pub(crate) fn is_shell(program: &str) -> bool {
    matches!(program, "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh" | "mksh")
}
