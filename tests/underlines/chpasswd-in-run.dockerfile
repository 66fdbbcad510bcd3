FROM debian:12
RUN echo "root:secret" | chpasswd #~ "chpasswd"
RUN usermod -p abc root #~ "-p"
RUN passwd -l root && usermod -L root
