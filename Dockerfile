# The dashboard with a Chromium to paint pictures: docker build -t corridors .
FROM python:3.12-slim

# The browser paints documents of this server alone, without a network; a container gives it no
# namespaces for a sandbox of its own, and little shared memory.
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && echo 'CHROMIUM_FLAGS="$CHROMIUM_FLAGS --no-sandbox --disable-dev-shm-usage"' \
       > /etc/chromium.d/container
RUN useradd --system --uid 10001 --home-dir /tmp corridors

WORKDIR /srv/corridors
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY app.py LICENSE README.md ./
COPY geo ./geo
COPY dashboard ./dashboard
COPY assets ./assets
COPY data ./data
RUN python -m compileall -q app.py geo dashboard

ENV BROWSER_PATH=/usr/bin/chromium HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WORKERS=2
USER corridors
EXPOSE 8050
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8050/ready')"]
CMD ["sh", "-c", "exec python app.py --host 0.0.0.0 --workers $WORKERS --limits --request-log"]
