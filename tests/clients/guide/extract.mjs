// node extract.mjs GUIDE LANGUAGE: the snippets of one language, in order, as one program.
import { readFileSync } from "node:fs";

const [, , guide, language] = process.argv;
const text = readFileSync(guide, "utf8");
const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter((it) => it[1] === language);
if (blocks.length === 0) throw new Error(`${guide} has no ${language}`);
process.stdout.write(blocks.map((it) => it[2]).join("\n"));
