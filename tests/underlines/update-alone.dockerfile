FROM debian:12
RUN apt-get update #~ "update"
RUN apt-get update && apt-get install -y curl
RUN apk update && apk add curl
RUN apt-get install -y x && apt-get update #~ "update"
