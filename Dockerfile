# dlc on Debian slim: builds and tests the project with its two commands, then keeps only the installed program.
# Nothing but this folder and Debian's packages is used; `docker build --target tested .` stops after the tests.
#
#   docker build -t dlc .
#   docker run --rm -v "$PWD":/work dlc train net.dsl
FROM debian:12-slim AS built
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git
WORKDIR /dlc
COPY . .
RUN tools/quickstart

FROM built AS tested
RUN tools/run-tests

FROM built AS installed
RUN cmake --build build/release && cmake --install build/release --prefix /usr/local --strip

FROM debian:12-slim
# The libraries that the program is linked with, and none of those it was built with.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libjpeg62-turbo libpng16-16 zlib1g \
    && rm -rf /var/lib/apt/lists/*
COPY --from=installed /usr/local/bin/dlc /usr/local/bin/train /usr/local/bin/infer /usr/local/bin/
COPY --from=installed /usr/local/share/dlc /usr/local/share/dlc
WORKDIR /work
ENTRYPOINT ["dlc"]
