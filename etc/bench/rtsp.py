#!/usr/bin/env python3
"""A camera's RTSP stream in, its overlay as MPEG-TS over UDP out: Verge beside a loop of OpenCV and OpenVINO.

    rtsp.py CLIP [--model road] [--seconds 60] [--verge etc/verge] [--jobs copy,python,verge]

Every frame of the clip gets its number as a bar code, GStreamer's RTSP server sends the clip in real time, and ffmpeg
receives what a job makes of it. The figures of a job: frames that arrived a second; the time from a frame's sending to its
overlay's arrival, decoded; cores and memory of all its processes. `copy` is ffmpeg passing packets on untouched: what it
takes, the instrument takes.

Needs ffmpeg, gir1.2-gst-rtsp-server-1.0, gstreamer1.0-plugins-{good,bad}, python3-gi for the system's Python; numpy,
opencv-python-headless and openvino for the one that runs this.
"""
import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from fractions import Fraction

import numpy as np

BITS, SIDE = 10, 16  # of the bar code; each bit is a pair of squares, one the other's opposite
CAMERA = """
import sys, time, gi
gi.require_version('Gst', '1.0')
gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gst, GstRtspServer, GLib
Gst.init(None)
clip, port, log = sys.argv[1:]
out = open(log, 'w', buffering=1)
def configure(factory, media):
    count = [0]
    def sent(pad, info):
        out.write(f'{count[0]} {time.time():.6f}\\n')
        count[0] += 1
        return Gst.PadProbeReturn.OK
    media.get_element().get_by_name('pace').get_static_pad('src').add_probe(Gst.PadProbeType.BUFFER, sent)
server = GstRtspServer.RTSPServer()
server.set_service(port)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f'( filesrc location={clip} ! qtdemux ! h264parse config-interval=-1 ! identity name=pace sync=true '
                   '! rtph264pay name=pay0 pt=96 )')
factory.set_shared(True)
factory.connect('media-configure', configure)
server.get_mount_points().add_factory('/front', factory)
server.attach(None)
print('ready', flush=True)
GLib.MainLoop().run()
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def probe(clip):
    text = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height,r_frame_rate",
         "-of", "csv=p=0", clip], check=True, capture_output=True, text=True).stdout.strip().split(",")
    return int(text[0]), int(text[1]), text[2]


def mark(clip, out, seconds):
    """Writes the clip with its frames' numbers, again and again for so long; returns size and frames of one round."""
    width, height, rate = probe(clip)
    once = out + ".once.mp4"
    source = subprocess.Popen(["ffmpeg", "-v", "error", "-i", clip, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"],
                              stdout=subprocess.PIPE)
    sink = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", rate,
         "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "30", once], stdin=subprocess.PIPE)
    size, count = width * height * 3 // 2, 0
    left = (width - 2 * BITS * SIDE) // 2
    while len(data := source.stdout.read(size)) == size and count < 1 << BITS:
        picture = np.frombuffer(data, np.uint8).copy()
        luma = picture[: width * height].reshape(height, width)
        for bit in range(BITS):
            on = count >> bit & 1
            x = left + 2 * bit * SIDE
            luma[:SIDE, x: x + SIDE] = 235 if on else 16
            luma[:SIDE, x + SIDE: x + 2 * SIDE] = 16 if on else 235
        sink.stdin.write(picture.tobytes())
        count += 1
    sink.stdin.close()
    source.kill()
    sink.wait()
    rounds = int(seconds * Fraction(rate) / count) + 1
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-stream_loop", str(rounds), "-i", once, "-c", "copy", out], check=True)
    return width, height, count


def receive(port, width, sightings, seconds):
    """Notes when each frame's number is seen in the overlay that arrives."""
    code = 2 * BITS * SIDE
    reader = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-fflags", "nobuffer", "-flags", "low_delay", "-probesize", "100000", "-threads", "1",
         "-i", f"udp://127.0.0.1:{port}?fifo_size=50000&overrun_nonfatal=1", "-vf", f"crop={code}:{SIDE}:{(width - code) // 2}:0",
         "-f", "rawvideo", "-pix_fmt", "gray", "-"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    threading.Timer(seconds, reader.kill).start()
    while len(data := reader.stdout.read(code * SIDE)) == code * SIDE:
        now = time.time()
        squares = np.frombuffer(data, np.uint8).reshape(SIDE, 2 * BITS, SIDE)[4:12, :, 4:12].mean(axis=(0, 2))
        sightings.append((now, sum(1 << bit for bit in range(BITS) if squares[2 * bit] > squares[2 * bit + 1])))


class Usage(threading.Thread):
    """Cores and resident memory of a process and its children, once a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.ticks, self.resident, self.over = pid, {}, 0, False

    def family(self):
        found, queue = [], [self.pid]
        while queue:
            pid = queue.pop()
            found.append(pid)
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    queue += map(int, open(f"/proc/{pid}/task/{task}/children").read().split())
            except OSError:
                pass
        return found

    def run(self):
        while not self.over:
            resident = 0
            for pid in self.family():
                try:
                    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
                    self.ticks.setdefault(pid, []).append((time.time(), int(fields[11]) + int(fields[12])))
                    resident += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
                except OSError:
                    pass
            self.resident = max(self.resident, resident)
            time.sleep(1)

    @property
    def cores(self):
        hertz = os.sysconf("SC_CLK_TCK")
        # The first seconds are for starting.
        spans = [samples[min(5, len(samples) - 1):] for samples in self.ticks.values()]
        return sum((s[-1][1] - s[0][1]) / hertz / (s[-1][0] - s[0][0]) for s in spans if len(s) > 1)


def python_job(model, source, sink, rate):
    """What a user would write: read, infer, blend, encode, frame by frame."""
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "rtsp_transport;tcp|fflags;nobuffer|flags;low_delay"
    import cv2
    import openvino

    network = openvino.Core().compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY"})
    height, width = list(network.input(0).shape)[2:]
    palette = np.random.default_rng(0).integers(0, 255, (256, 3), dtype=np.uint8)
    camera = cv2.VideoCapture(source, cv2.CAP_FFMPEG)
    encoder = None
    while True:
        good, frame = camera.read()
        if not good:
            break
        if encoder is None:
            encoder = subprocess.Popen(
                ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{frame.shape[1]}x{frame.shape[0]}",
                 "-r", rate, "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-g", "60",
                 "-pix_fmt", "yuv420p", "-f", "mpegts", sink], stdin=subprocess.PIPE)
        small = cv2.resize(frame, (width, height))[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 255
        labels = network(small)[0][0].argmax(0).astype(np.uint8)
        big = cv2.resize(labels, (frame.shape[1], frame.shape[0]), interpolation=cv2.INTER_NEAREST)
        encoder.stdin.write(cv2.addWeighted(frame, 0.5, palette[big], 0.5, 0).tobytes())


def command(job, source, sink, folder, options, rate):
    if job == "copy":
        return ["ffmpeg", "-v", "error", "-fflags", "nobuffer", "-rtsp_transport", "tcp", "-i", source, "-c", "copy", "-f",
                "mpegts", "-flush_packets", "1", sink]
    if job == "python":
        network = os.path.join(folder, "int8.onnx")
        if not os.path.exists(network):
            subprocess.run([*options.verge.split(), "export", options.model, "-o", network, "--precision", "int8"], check=True,
                           stdout=subprocess.DEVNULL)
        return [sys.executable, __file__, "--python-job", network, source, sink, rate]
    configuration = os.path.join(folder, "verge.yaml")
    with open(configuration, "w") as file:
        file.write(f"http: {{ port: {free_port()} }}\nstreams:\n  front:\n    source: {source}\n    model: {options.model}\n"
                   f"    overlay: {{ legend: false }}\n    outputs: [\"{sink}\"]\n")
    return [*options.verge.split(), "serve", "--config", configuration]


def measure(job, clip, shape, folder, options):
    width, count, rate = shape
    log, port, sink_port = os.path.join(folder, job + ".sent"), free_port(), free_port()
    camera = subprocess.Popen(["/usr/bin/python3", "-c", CAMERA, clip, str(port), log], stdout=subprocess.PIPE)
    assert camera.stdout.readline() == b"ready\n", "GStreamer's RTSP server did not start"
    sightings = []
    reader = threading.Thread(target=receive, args=(sink_port, width, sightings, options.seconds))
    reader.start()
    worker = subprocess.Popen(command(job, f"rtsp://127.0.0.1:{port}/front", f"udp://127.0.0.1:{sink_port}?pkt_size=1316",
                                      folder, options, rate), start_new_session=True)
    usage = Usage(worker.pid)
    usage.start()
    reader.join()
    usage.over = True
    os.killpg(worker.pid, signal.SIGKILL)
    camera.kill()
    sent = {}
    for line in open(log):
        number, moment = line.split()
        sent.setdefault(int(number) % count, []).append(float(moment))
    settled = sightings[0][0] + 5 if sightings else 0
    latencies = []
    for moment, number in sightings:
        before = [s for s in sent.get(number, []) if s <= moment]
        if moment > settled and before:
            latencies.append(1000 * (moment - before[-1]))
    latencies.sort()
    if not latencies:
        return print(f"{job:8} nothing arrived")
    span = sightings[-1][0] - settled
    pick = lambda share: latencies[min(len(latencies) - 1, int(share * len(latencies)))]
    print(f"{job:8} {len(latencies) / span:5.1f} frames/s, latency p50 {pick(.5):6.1f} ms, p95 {pick(.95):6.1f}, p99 {pick(.99):6.1f}; "
          f"{usage.cores:.2f} cores, {usage.resident / 1e6:.0f} MB", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip")
    parser.add_argument("--model", default="road")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--verge", default="etc/verge")
    parser.add_argument("--jobs", default="copy,python,verge")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = os.path.join(folder, "marked.mp4")
        width, _, count = mark(options.clip, clip, options.seconds + 20)
        shape = (width, count, probe(options.clip)[2])
        for job in options.jobs.split(","):
            measure(job, clip, shape, folder, options)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--python-job"]:
        python_job(*sys.argv[2:])
    else:
        main()
