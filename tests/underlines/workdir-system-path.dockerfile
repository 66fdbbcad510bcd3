FROM debian:12
WORKDIR /proc/x #~ "/proc/x"
WORKDIR /process
