// ONNX Runtime behind Node's http module: what serve.py holds `dlc serve` against.
// onnx_server.mjs MODEL: raw bytes of a sample come in, {"class", "p"} goes out; the port is the first line on stdout.
import http from "node:http";
import {createRequire} from "node:module";
import {join} from "node:path";

const onnx = createRequire(join(process.cwd(), "/"))("onnxruntime-node");
const session = await onnx.InferenceSession.create(process.argv[2], {intraOpNumThreads: 1});
const [input] = session.inputNames, [output] = session.outputNames;

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", async () => {
    const values = Float32Array.from(Buffer.concat(pieces), (byte) => byte / 255);
    const said = await session.run({[input]: new onnx.Tensor("float32", values, [1, values.length])});
    const p = Array.from(said[output].data);
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({class: String(p.indexOf(Math.max(...p))), p}));
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
