// SPDX-License-Identifier: Apache-2.0
// Numbers for people: counts to the last digit, rates and times as precise as they are worth.

const secondsPerMinute = 60;
const secondsPerHour = 3600;
const secondsPerDay = 86_400;

/** `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** Something per second: `0`, `0.4`, `12`, `1,234`. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0 || perSecond >= 10) return formatCount(perSecond);
  return perSecond < 0.05 ? '<0.1' : perSecond.toFixed(1);
}

/** A share of one: `0%`, `0.04%`, `3.2%`, `100%`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (!Number.isFinite(percent) || percent === 0) return '0%';
  if (percent < 0.01) return '<0.01%';
  // Only what is all of it is told as all of it.
  if (percent > 99.9 && percent < 100) return '>99.9%';
  return `${percent >= 100 ? percent.toFixed(0) : percent.toPrecision(2)}%`;
}

/** A short time: `85 ns`, `1.2 µs`, `3.4 ms`. */
export function formatSpan(seconds: number): string {
  const ns = seconds * 1e9;
  if (ns < 999.5) return `${ns.toFixed(0)} ns`;
  if (ns < 999_500) return `${(ns / 1e3).toPrecision(3)} µs`;
  return ns < 999.5e6 ? `${(ns / 1e6).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}

/** A long time: `12s`, `5m 3s`, `3h 12m`, `4d 2h`. */
export function formatUptime(seconds: number): string {
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / secondsPerDay);
  const hours = Math.floor((whole % secondsPerDay) / secondsPerHour);
  const minutes = Math.floor((whole % secondsPerHour) / secondsPerMinute);
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${whole % secondsPerMinute}s` : `${whole}s`;
}

export function formatBytes(bytes: number): string {
  return `${formatCount(bytes / 1024 / 1024)} MiB`;
}
