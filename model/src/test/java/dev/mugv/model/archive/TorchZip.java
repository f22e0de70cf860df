package dev.mugv.model.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Zip files as torch.save would never write them, and pickles put together instruction by instruction. */
final class TorchZip {
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private int method = ZipEntry.STORED;

    /** A file with this pickle, and nothing else yet. */
    static TorchZip of(byte[] pickle) {
        return new TorchZip().with("data.pkl", pickle);
    }

    TorchZip with(String name, byte... content) {
        entries.put("archive/" + name, content);
        return this;
    }

    TorchZip deflated() {
        method = ZipEntry.DEFLATED;
        return this;
    }

    Path write(Path file) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(content.getKey());
                entry.setMethod(method);
                if (method == ZipEntry.STORED) {
                    CRC32 crc = new CRC32();
                    crc.update(content.getValue());
                    entry.setSize(content.getValue().length);
                    entry.setCrc(crc.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(content.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }

    /** Texts as their bytes, numbers as one byte each. */
    static byte[] bytes(Object... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof String text) {
                out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
            } else {
                out.write((Integer) part);
            }
        }
        return out.toByteArray();
    }

    /** A dictionary with one FLOAT tensor 'w' of storage '0'; sizes and strides are one-axis tuples. */
    static byte[] oneTensor(int elements, int offset, int size, int stride) {
        return bytes(
                0x80,
                2,
                "}X",
                1,
                0,
                0,
                0,
                "wctorch._utils\n_rebuild_tensor_v2\n((X",
                7,
                0,
                0,
                0,
                "storage",
                "ctorch\nFloatStorage\nX",
                1,
                0,
                0,
                0,
                "0X",
                3,
                0,
                0,
                0,
                "cpuK",
                elements,
                "tQK",
                offset,
                "K",
                size,
                0x85,
                "K",
                stride,
                0x85,
                0x89,
                "ccollections\nOrderedDict\n)RtRs.");
    }
}
