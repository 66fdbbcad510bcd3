FROM debian:12
ADD src /app #~ "src"
ADD rootfs.tar.gz /
ADD https://example.com/x /x
ADD git@example.com:a/b.git /c
ADD file:8b8864b3e02a33a579dc216fd51b28a6047bc8eeaa03045b258980fe0cf7fcb3 in /
COPY a b
