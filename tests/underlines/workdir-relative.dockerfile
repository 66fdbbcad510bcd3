FROM debian:12
WORKDIR app #~ "app"
WORKDIR /app
WORKDIR "c:/app"
WORKDIR $HOME/x
