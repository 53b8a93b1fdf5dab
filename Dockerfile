# newsdedup in a container, as a user without rights:
#
#   docker build -t newsdedup .
#   docker run --rm -v "$PWD:/work:ro" newsdedup check drafts --against archive
#
# Reports that are to be written with -o need a folder that user 10001 may write, or `--user "$(id -u):$(id -g)"`.
ARG BASE=docker.io/library/python:3.13-slim

FROM ${BASE} AS build
# hadolint ignore=DL3008  # the compiler of the base image's release; nothing of it is in the image that is kept
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/newsdedup
WORKDIR /src
COPY . .
RUN /opt/newsdedup/bin/pip install --no-cache-dir --disable-pip-version-check . \
    && /opt/newsdedup/bin/python -c "import sys; from newsdedup import kernel; sys.exit(kernel.compiled is None)" \
    && /opt/newsdedup/bin/pip uninstall -y -q pip

FROM ${BASE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="newsdedup" \
    org.opencontainers.image.description="Finds news articles that tell the same story in the same way" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.licenses="Apache-2.0"
# git is for --changed-since; /work belongs to another user than ours, which git has to be told.
# hadolint ignore=DL3008  # the git of the base image's release, with its security updates
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory /work \
    && groupadd --gid 10001 newsdedup \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin newsdedup
COPY --from=build /opt/newsdedup /opt/newsdedup
ENV PATH="/opt/newsdedup/bin:${PATH}" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["newsdedup"]
CMD ["--help"]
