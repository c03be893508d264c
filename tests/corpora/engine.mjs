// Loads a model with node-llama-cpp and keeps it: engine.mjs MODEL [map|read|direct] [work]; a variable may name it instead.
import { getLlama, LlamaChatSession } from "node-llama-cpp";
const [, , named, how = "map", work] = process.argv;
const modelPath = process.env.ENGINE_MODEL ?? named;
const llama = await getLlama({ gpu: false, build: "never", progressLogs: false, maxThreads: 1 });
const model = await llama.loadModel({ modelPath, useMmap: how === "map", useDirectIo: how === "direct" });
console.log("loaded");
setInterval(() => model, 1000);
if (work === "work") {
  const context = await model.createContext({ contextSize: 512 });
  for (;;) {
    const session = new LlamaChatSession({ contextSequence: context.getSequence() });
    await session.prompt("Tell a story.", { maxTokens: 64 });
    session.dispose({ disposeSequence: true });
  }
}
