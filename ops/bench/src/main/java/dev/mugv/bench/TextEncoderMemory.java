package dev.mugv.bench;

import dev.mugv.model.config.WeightPrecision;
import dev.mugv.model.tensor.ParameterShape;
import dev.mugv.model.tensor.TorchRuntime;
import dev.mugv.model.text.T5Size;
import dev.mugv.model.text.T5TextEncoder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Prints the resident size of a text encoder that was opened and used, and the time of a caption: arguments folder, threads,
 * precision (bf16 or fp32), tokens. A folder that is not there is first written with random weights of T5-v1.1-XXL in bf16 (9.5 GB).
 */
public final class TextEncoderMemory {
    private static final T5Size XXL = new T5Size(32128, 4096, 64, 64, 10240, 24, 32, 128);
    private static final int BLOCK = 1 << 20;

    private TextEncoderMemory() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        WeightPrecision precision = WeightPrecision.valueOf(arguments[2].toUpperCase(java.util.Locale.ROOT));
        int tokens = Integer.parseInt(arguments[3]);
        if (!Files.exists(folder)) {
            write(Files.createDirectories(folder));
        }
        TorchRuntime runtime = TorchRuntime.start(Integer.parseInt(arguments[1]));
        System.out.printf("%s, %s, %s%n", runtime.description(), XXL, precision);
        System.out.println("started:   " + sizes());
        try (T5TextEncoder encoder = T5TextEncoder.open(runtime, folder, tokens, precision)) {
            System.out.println("opened:    " + sizes());
            String caption = "a ".repeat(tokens - 1);
            for (int i = 0; i < 2; i++) {
                long start = System.nanoTime();
                long processor = processorTime();
                int found = encoder.encode(caption).tokens();
                System.out.printf(
                        "caption %d of %d tokens: %.1f s, %.1f s of processor time; %s%n",
                        i, found, (System.nanoTime() - start) / 1e9, (processorTime() - processor) / 1e9, sizes());
            }
        }
    }

    private static long processorTime() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Resident memory, of which pages of mapped files are one part, that the system may drop. */
    private static String sizes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS") || line.startsWith("RssAnon") || line.startsWith("RssFile"))
                .map(line -> "%s %.2f GB"
                        .formatted(
                                line.substring(0, line.indexOf(':')),
                                Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e9))
                .collect(Collectors.joining(", "));
    }

    private static void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"feed_forward_proj": "gated-gelu", "vocab_size": %d, "d_model": %d, "num_heads": %d, "d_kv": %d,
                 "d_ff": %d, "num_layers": %d, "relative_attention_num_buckets": %d}
                """.formatted(
                        XXL.vocabulary(),
                        XXL.width(),
                        XXL.heads(),
                        XXL.headWidth(),
                        XXL.innerWidth(),
                        XXL.layers(),
                        XXL.buckets()));
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
                 "pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
                 "post_processor": {"type": "TemplateProcessing",
                   "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                   "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                   "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
                 "model": {"type": "WordLevel", "unk_token": "<unk>",
                   "vocab": {"<pad>": 0, "</s>": 1, "<unk>": 2, "a": 3}}}
                """);
        StringBuilder header = new StringBuilder();
        long offset = 0;
        List<ParameterShape> shapes = XXL.shapes();
        for (ParameterShape shape : shapes) {
            long end = offset + 2 * shape.size();
            header.append(header.isEmpty() ? "{" : ", ")
                    .append("\"%s\": {\"dtype\": \"BF16\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
                            .formatted(
                                    shape.name(),
                                    java.util.Arrays.toString(shape.shape().getShape()),
                                    offset,
                                    end));
            offset = end;
        }
        header.append("}");
        header.append(" ".repeat(Math.floorMod(-header.length(), 8)));
        byte[] text = header.toString().getBytes(StandardCharsets.US_ASCII);
        try (FileChannel file = FileChannel.open(
                folder.resolve("model.safetensors"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.allocate(8 + text.length).order(ByteOrder.LITTLE_ENDIAN);
            file.write(start.putLong(text.length).put(text).flip());
            for (ParameterShape shape : shapes) {
                write(shape, file);
            }
        }
    }

    /** The same numbers again and again: neither memory nor time depends on them, as long as they are of ordinary size. */
    private static void write(ParameterShape shape, FileChannel file) throws IOException {
        boolean norm = shape.name().endsWith("norm.weight");
        long fanIn = shape.shape().get(shape.shape().dimension() - 1);
        Random random = new Random(1);
        ByteBuffer block = ByteBuffer.allocateDirect(2 * BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        while (block.hasRemaining()) {
            float value = norm ? 1 : (float) (random.nextGaussian() / Math.sqrt(fanIn));
            block.putShort((short) (Float.floatToIntBits(value) >>> 16));
        }
        for (long left = shape.size(); left > 0; left -= BLOCK) {
            block.position(0).limit((int) (2 * Math.min(BLOCK, left)));
            while (block.hasRemaining()) {
                file.write(block);
            }
        }
    }
}
