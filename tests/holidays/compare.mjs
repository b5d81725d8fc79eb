// Each day of `anjuctl calendar show --format csv` (argument 1, a file) against the package chinese-days (argument 2).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [, , file, modules] = process.argv;
const days = createRequire(modules + "/")("chinese-days");
const lines = readFileSync(file, "utf8").trim().split("\n").slice(1);
const different = lines.filter((line) => {
	const [date, worked] = line.split(",");
	return days.isWorkday(date) !== (worked === "1");
});
for (const line of different.slice(0, 20)) console.log(`# ${line}`);
console.log(`${different.length} of ${lines.length} days differ`);
process.exit(different.length === 0 && lines.length === 4018 ? 0 : 1);
