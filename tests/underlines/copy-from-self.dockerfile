FROM debian:12 AS a
COPY --from=a x y #~ "a"
FROM debian:12
COPY --from=a x y
