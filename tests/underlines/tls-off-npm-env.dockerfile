FROM debian:12
ENV NPM_CONFIG_STRICT_SSL=false #~ "NPM_CONFIG_STRICT_SSL"
RUN npm_config_strict_ssl=false npm ci #~ "npm_config_strict_ssl"
ENV NPM_CONFIG_STRICT_SSL=true
