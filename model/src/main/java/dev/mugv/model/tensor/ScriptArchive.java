package dev.mugv.model.tensor;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive made at run time from methods that the project holds as text.
 *
 * <p>The text is the body of one class: functions {@code def name(self, ...)} in the language TorchScript writes itself
 * (Python syntax; tensor operations as {@code torch.name(...)}). The archive has no parameters: they are arguments, so
 * that their memory stays the caller's.
 */
public final class ScriptArchive {
    // Operator versions from 10 on know gelu(approximate=); an older number lets the loader's upgraders hide it.
    private static final String OPERATOR_VERSION = "10\n";
    private final String name;
    private final String methods;

    /**
     * @param name for messages
     * @param methods text of the methods, not indented
     */
    public ScriptArchive(String name, String methods) {
        this.name = name;
        this.methods = methods;
    }

    /** The archive of a text file that lies beside a class. */
    public static ScriptArchive ofResource(Class<?> neighbour, String file) {
        try (InputStream in = neighbour.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + file + " beside " + neighbour.getName());
            }
            return new ScriptArchive(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles the methods. The module is closed by the caller. */
    public ScriptModule load() {
        try (InputStream in = new ByteArrayInputStream(bytes())) {
            return new ScriptModule(name, JniUtils.loadModuleHandle(in, Device.cpu(), false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the archive as a file that {@link ScriptModule#ofFile} and other TorchScript loaders read. */
    public void write(Path file) {
        try {
            Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] bytes() throws IOException {
        StringBuilder code = new StringBuilder("class Script(Module):\n");
        code.append("  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
        methods.lines()
                .forEach(line -> code.append(line.isBlank() ? "" : "  " + line).append('\n'));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", pickledObject());
            store(zip, "code/__torch__.py", code.toString().getBytes(StandardCharsets.UTF_8));
            store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            store(zip, "version", OPERATOR_VERSION.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    // Pickle protocol 2: an object of class __torch__.Script whose state is {"training": False}.
    private static byte[] pickledObject() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, 2, 'c'});
        out.writeBytes("__torch__\nScript\n".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[] {')', (byte) 0x81, '}', 'X', 8, 0, 0, 0});
        out.writeBytes("training".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[] {(byte) 0x89, 's', 'b', '.'});
        return out.toByteArray();
    }

    // The loader reads entries in place, so they must not be compressed.
    private static void store(ZipOutputStream zip, String path, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry("m/" + path);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
