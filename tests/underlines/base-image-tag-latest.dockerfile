ARG TAG=latest
FROM debian:latest #~ "debian:latest"
FROM debian:latest@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
FROM debian:$TAG #~ "debian:$TAG"
FROM debian:12
FROM debian
