package dev.mugv.model.run;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A hash of the code that decides a task's result, so that a change in the report does not make a training stale, and a
 * change in the trainer does. It covers the class files that the task's class reaches through constant pools, the
 * resources which those classes name, and the versions of the libraries underneath. The packages {@code model.run} and
 * {@code model.worker} themselves are left out: they carry work, they do not decide its result.
 *
 * <p>Reads class files and loads none, so the controller computes it without torch. Written by constant pool (JVM
 * specification, section 4.4) because every reference to a class, in code, signatures and annotations, is a UTF-8
 * constant there.
 */
public final class CodeVersion {
    private static final String OURS = "dev/mugv/";
    private static final Pattern CLASS_NAME = Pattern.compile("dev/mugv/[A-Za-z0-9_/$]+");
    private static final Pattern RESOURCE_NAME = Pattern.compile("/?[A-Za-z0-9_][A-Za-z0-9_./-]*\\.[a-z0-9]{1,16}");
    private static final List<String> CARRIERS = List.of("dev/mugv/model/run/", "dev/mugv/model/worker/");
    private static final String TASKS = "dev/mugv/model/worker/task/";
    private static final String LIBRARIES = "dev/mugv/model/run/libraries.properties";

    private final ClassLoader loader;
    private final Map<TaskKind, String> known = new HashMap<>();

    public CodeVersion() {
        this(CodeVersion.class.getClassLoader());
    }

    CodeVersion(ClassLoader loader) {
        this.loader = loader;
    }

    /** Versions of the libraries that decide a task's result, by name. */
    public static SortedMap<String, String> libraries() {
        Properties properties = new Properties();
        try (InputStream in = CodeVersion.class.getResourceAsStream("/" + LIBRARIES)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SortedMap<String, String> versions = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> versions.put(name, properties.getProperty(name)));
        return versions;
    }

    /** The class that does a task, by convention {@code model.worker.task.<Name>Task}. */
    public static String taskClassName(TaskKind task) {
        StringBuilder name = new StringBuilder(TASKS.replace('/', '.'));
        for (String word : task.label().split("-")) {
            name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
        }
        return name.append("Task").toString();
    }

    /** The version of a task's code, 64 hexadecimal digits. */
    public synchronized String of(TaskKind task) {
        return known.computeIfAbsent(task, kind -> of(taskClassName(kind)));
    }

    /** The version of the code reached from a class. */
    public String of(String className) {
        MessageDigest digest = Sha256.digest();
        closure(className).forEach((name, content) -> {
            digest.update((name + "\n" + content.length + "\n").getBytes(StandardCharsets.UTF_8));
            digest.update(content);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Class files and resources by name, in name order. */
    SortedMap<String, byte[]> closure(String className) {
        SortedMap<String, byte[]> reached = new TreeMap<>();
        reached.put(LIBRARIES, required(LIBRARIES));
        ArrayDeque<String> open = new ArrayDeque<>();
        open.add(className.replace('.', '/'));
        byte[] root = required(className.replace('.', '/') + ".class");
        reached.put(className.replace('.', '/') + ".class", root);
        while (!open.isEmpty()) {
            String current = open.remove();
            byte[] content = reached.get(current + ".class");
            for (String constant : content == null ? List.<String>of() : constants(content)) {
                Matcher names = CLASS_NAME.matcher(constant);
                while (names.find()) {
                    String name = names.group();
                    if (isPartOfResult(name) && addIfFound(reached, name + ".class")) {
                        open.add(name);
                    }
                }
                if (RESOURCE_NAME.matcher(constant).matches()) {
                    addIfFound(reached, resourceName(current, constant));
                }
            }
        }
        return reached;
    }

    private static boolean isPartOfResult(String className) {
        return className.startsWith(TASKS) || CARRIERS.stream().noneMatch(className::startsWith);
    }

    private static String resourceName(String className, String constant) {
        if (constant.startsWith("/")) {
            return constant.substring(1);
        }
        return constant.startsWith(OURS) ? constant : className.substring(0, className.lastIndexOf('/') + 1) + constant;
    }

    private boolean addIfFound(SortedMap<String, byte[]> reached, String name) {
        if (!name.startsWith(OURS) || reached.containsKey(name)) {
            return false;
        }
        byte[] content = content(name);
        if (content == null) {
            return false;
        }
        reached.put(name, content);
        return true;
    }

    private byte[] required(String name) {
        byte[] content = content(name);
        if (content == null) {
            throw new WorkFailure(
                    FailureKind.DEFECT,
                    "Cannot compute the code version: '%s' is not on the class path. Build the project again."
                            .formatted(name));
        }
        return content;
    }

    private byte @Nullable [] content(String name) {
        try (InputStream in = loader.getResourceAsStream(name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The UTF-8 constants of a class file; other constants are skipped by their fixed sizes. */
    private static List<String> constants(byte[] classFile) {
        List<String> constants = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile))) {
            in.skipNBytes(8);
            int count = in.readUnsignedShort();
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> constants.add(in.readUTF());
                    case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                    case 5, 6 -> {
                        in.skipNBytes(8);
                        i++; // long and double take two entries
                    }
                    case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                    case 15 -> in.skipNBytes(3);
                    default -> throw new IOException("constant tag " + tag);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("not a class file", e);
        }
        return constants;
    }
}
