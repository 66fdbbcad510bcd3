FROM debian:12
RUN sudo apt-get update #~ "sudo"
RUN apt-get install sudo && echo "sudo x"
RUN a && \
    sudo b #~ "sudo"
ONBUILD RUN sudo c #~ "sudo"
