// Shows what the camera sees and the microphone hears, to the person in front of them and to nobody else.
"use strict";

const part = document.querySelector("[data-check]");
const video = part.querySelector("video");
const level = part.querySelector("meter");
const said = part.querySelector("[data-said]");
const heard = part.querySelector("[data-heard-said]");
const start = part.querySelector("[data-start]");
const stop = part.querySelector("[data-stop]");
const tone = part.querySelector("[data-tone]");
let stream = null;
let sound = null;

const say = (words, kind) => {
  said.textContent = words;
  said.className = `notice ${kind}`;
  said.hidden = false;
};

const media = (wanted) => navigator.mediaDevices.getUserMedia(wanted);

// Both, or what there is of the two, so that one missing part does not hide that the other works.
const open = async () => {
  try {
    return await media({ video: true, audio: true });
  } catch (error) {
    if (error.name !== "NotFoundError" && error.name !== "OverconstrainedError") {
      throw error;
    }
  }
  return media({ video: true }).catch((error) => {
    if (error.name !== "NotFoundError") {
      throw error;
    }
    return media({ audio: true });
  });
};

const listen = () => {
  sound = new AudioContext();
  const ear = sound.createAnalyser();
  sound.createMediaStreamSource(stream).connect(ear);
  const samples = new Uint8Array(ear.fftSize);
  let loud = 0;
  const look = () => {
    if (!stream) {
      return;
    }
    ear.getByteTimeDomainData(samples);
    const most = Math.max(...samples.map((sample) => Math.abs(sample - 128)));
    level.value = Math.min(100, most * 2);
    loud = most > 6 ? loud + 1 : loud;
    if (loud > 5 && heard.hidden) {
      heard.textContent = part.dataset.heard;
      heard.hidden = false;
    }
    requestAnimationFrame(look);
  };
  look();
};

const end = () => {
  stream?.getTracks().forEach((track) => track.stop());
  sound?.close();
  stream = sound = null;
  video.srcObject = null;
  level.value = 0;
  stop.hidden = true;
  start.hidden = false;
};

const begin = async () => {
  heard.hidden = true;
  say(part.dataset.asking, "");
  try {
    stream = await open();
  } catch (error) {
    const why = {
      NotAllowedError: "notAllowed",
      SecurityError: "notAllowed",
      NotFoundError: "notFound",
      NotReadableError: "inUse",
      AbortError: "inUse",
    }[error.name];
    say(part.dataset[why || "unsupported"], "bad");
    return;
  }
  video.srcObject = stream;
  const sees = stream.getVideoTracks().length > 0;
  const hears = stream.getAudioTracks().length > 0;
  say(part.dataset[sees && hears ? "granted" : sees ? "onlyCamera" : "onlyMicrophone"], sees && hears ? "good" : "warn");
  const moved = document.activeElement === start;
  start.hidden = true;
  stop.hidden = false;
  if (moved) {
    stop.focus();
  }
  if (hears) {
    listen();
  }
};

if (navigator.mediaDevices?.getUserMedia && window.RTCPeerConnection) {
  start.hidden = false;
  start.addEventListener("click", begin);
  stop.addEventListener("click", () => {
    end();
    start.focus();
  });
  window.addEventListener("pagehide", end);
} else {
  say(part.dataset.unsupported, "bad");
}

if (window.AudioContext) {
  tone.hidden = false;
  tone.addEventListener("click", () => {
    const player = new AudioContext();
    [440, 554, 659].forEach((pitch, number) => {
      const voice = player.createOscillator();
      const volume = player.createGain();
      voice.frequency.value = pitch;
      volume.gain.value = 0.2;
      voice.connect(volume).connect(player.destination);
      voice.start(player.currentTime + number * 0.4);
      voice.stop(player.currentTime + number * 0.4 + 0.25);
    });
    setTimeout(() => player.close(), 2000);
  });
}
