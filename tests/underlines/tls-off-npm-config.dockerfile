FROM node:22
RUN npm config set strict-ssl false #~ "strict-ssl"
RUN npm set strict-ssl=false #~ "strict-ssl=false"
RUN npm config set strict-ssl true && npm config set registry x
