package dev.mugv.steps.database;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Sha256;
import dev.mugv.model.run.WorkFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** PostgreSQL's programs out of zonky's archive, unpacked once for all users of a cache folder. */
final class PostgresBinaries {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final Duration UNPACK_LIMIT = Duration.ofMinutes(2);
    private static final int KEY_DIGITS = 16;
    private static final Set<PosixFilePermission> FOLDER_MODE = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> FILE_MODE = PosixFilePermissions.fromString("rw-r--r--");

    private PostgresBinaries() {}

    /** Folder with {@code bin/postgres}; unpacks it first where that has not happened yet. */
    static Path unpackedIn(Path cache) {
        byte[] archive = archive();
        Path folder = cache.resolve(Sha256.of(archive).substring(0, KEY_DIGITS));
        if (Files.isDirectory(folder)) {
            return folder;
        }
        try {
            createReadableFolders(cache);
            try (FolderLock lock = FolderLock.acquire(cache.resolve("lock"), UNPACK_LIMIT)) {
                if (!Files.isDirectory(folder)) {
                    Path pending = cache.resolve("pending-" + UUID.randomUUID());
                    unpack(archive, pending);
                    Files.move(pending, folder, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } catch (IOException e) {
            throw new WorkFailure(
                    FailureKind.RESOURCE_EXHAUSTED,
                    ("Cannot unpack PostgreSQL into '%s': expected a writable folder with 70 MB free, found: %s."
                                    + " Free the space or set MUGV_CACHE_HOME to another folder.")
                            .formatted(cache, e.getMessage()),
                    e);
        }
        return folder;
    }

    private static byte[] archive() {
        String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        try (InputStream in = PostgresBinaries.class.getResourceAsStream(ARCHIVE)) {
            if (in == null || !machine.equals("Linux amd64")) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        ("Cannot start the embedded database: expected Linux amd64, found %s. Set database.url to a"
                                        + " PostgreSQL server.")
                                .formatted(machine));
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void unpack(byte[] archive, Path folder) throws IOException {
        createReadableFolders(folder);
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, folder.resolve(entry.getName()).normalize());
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        if (entry.isDirectory()) {
            createReadableFolders(target);
            return;
        }
        createReadableFolders(target.resolveSibling("."));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        boolean executable = (entry.getMode() & 0100) != 0;
        Files.setPosixFilePermissions(target, executable ? FOLDER_MODE : FILE_MODE);
    }

    /** Readable for all: where root starts a server, the server runs under another account. */
    private static void createReadableFolders(Path folder) throws IOException {
        Path normal = folder.normalize();
        if (!Files.isDirectory(normal)) {
            Path parent = normal.getParent();
            if (parent != null) {
                createReadableFolders(parent);
            }
            Files.createDirectory(normal);
            Files.setPosixFilePermissions(normal, FOLDER_MODE);
        }
    }
}
