ARG VERSION=12
ARG BASE
FROM debian AS one #~ "debian"
FROM registry.example:5000/app:1
FROM debian:$VERSION
FROM app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
FROM $BASE
FROM one
FROM scratch
