// Audits pages in one Chromium, one after the other. Reads from standard input a JSON object
//   { "port": of Chromium's debugger, "pages": [{ "name", "url", "cookie", "width", "height" }] }
// and writes a line of JSON for each page: its scores from 0 to 100, and what each failed audit points at.
import { text } from "node:stream/consumers";
import lighthouse from "lighthouse";

const CATEGORIES = ["accessibility", "best-practices"];

const failedOf = (report, category) =>
  report.categories[category].auditRefs
    .filter(({ weight, id }) => weight > 0 && report.audits[id].score !== null && report.audits[id].score < 1)
    .map(({ id }) => ({
      id,
      title: report.audits[id].title,
      items: (report.audits[id].details?.items || [])
        .slice(0, 3)
        .map((one) => one.node?.snippet || one.description || one.url || ""),
    }));

const audited = async (port, page) => {
  const flags = {
    port,
    logLevel: "error",
    onlyCategories: CATEGORIES,
    disableStorageReset: true,
    throttlingMethod: "provided",
    // Nothing is timed here, so that a page need not be waited for as one from far away would be.
    pauseAfterFcpMs: 0,
    pauseAfterLoadMs: 0,
    networkQuietThresholdMs: 300,
    cpuQuietThresholdMs: 300,
    maxWaitForLoad: 20000,
    formFactor: page.width < 600 ? "mobile" : "desktop",
    screenEmulation: { mobile: page.width < 600, width: page.width, height: page.height, deviceScaleFactor: 1 },
    extraHeaders: { Cookie: page.cookie },
  };
  const { lhr } = await lighthouse(page.url, flags);
  const scores = CATEGORIES.map((one) => [one, Math.round(100 * (lhr.categories[one].score ?? 0))]);
  return {
    name: page.name,
    url: lhr.finalDisplayedUrl,
    error: lhr.runtimeError?.message || "",
    scores: Object.fromEntries(scores),
    failed: CATEGORIES.flatMap((one) => failedOf(lhr, one)),
  };
};

const { port, pages } = JSON.parse(await text(process.stdin));
for (const page of pages) {
  const found = await audited(port, page);
  console.log(JSON.stringify(found));
  console.error(`${found.name}: ${Object.values(found.scores).join(" ")}`);
}
