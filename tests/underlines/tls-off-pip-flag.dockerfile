FROM debian:12
RUN pip3 install --trusted-host pypi.example x #~ "--trusted-host"
RUN pip install x
