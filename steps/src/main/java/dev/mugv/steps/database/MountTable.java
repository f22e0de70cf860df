package dev.mugv.steps.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** File systems of this host, as in {@code /proc/self/mounts} (proc(5)). */
final class MountTable {
    /** Shared by several hosts, or reached over a wire: a postmaster.pid there says nothing about who is alive. */
    private static final Set<String> NETWORK = Set.of(
            "9p",
            "acfs",
            "afs",
            "beegfs",
            "bgfs",
            "ceph",
            "cifs",
            "coda",
            "davfs",
            "gfs2",
            "glusterfs",
            "gpfs",
            "lustre",
            "ncpfs",
            "nfs",
            "nfs4",
            "ocfs2",
            "orangefs",
            "panfs",
            "pvfs2",
            "smb2",
            "smb3",
            "smbfs",
            "weka",
            "wekafs");

    private static final Set<String> NETWORK_FUSE = Set.of(
            "fuse.beegfs",
            "fuse.ceph",
            "fuse.cvmfs",
            "fuse.davfs",
            "fuse.gcsfuse",
            "fuse.glusterfs",
            "fuse.juicefs",
            "fuse.mfs",
            "fuse.moosefs",
            "fuse.rclone",
            "fuse.s3fs",
            "fuse.seaweedfs",
            "fuse.sshfs",
            "fuse.weed");

    private final List<Mount> mounts;

    private MountTable(List<Mount> mounts) {
        this.mounts = mounts;
    }

    static MountTable ofThisHost() {
        try {
            return parse(Files.readString(Path.of("/proc/self/mounts")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MountTable parse(String table) {
        return new MountTable(table.lines()
                .map(line -> line.split(" "))
                .filter(fields -> fields.length >= 3)
                .map(fields -> new Mount(Path.of(unescape(fields[1])), fields[2]))
                .toList());
    }

    /** Type of the file system that holds this path, which need not exist yet. */
    String fileSystemOf(Path path) {
        Path real = nearestExisting(path);
        Mount best = new Mount(Path.of("/"), "unknown");
        for (Mount mount : mounts) {
            // Later lines hide earlier ones at the same place.
            boolean closer = mount.point().getNameCount() >= best.point().getNameCount();
            if (closer && real.startsWith(mount.point())) {
                best = mount;
            }
        }
        return best.type();
    }

    static boolean isNetwork(String fileSystem) {
        return NETWORK.contains(fileSystem) || NETWORK_FUSE.contains(fileSystem);
    }

    private static Path nearestExisting(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        for (Path at = absolute; at != null; at = at.getParent()) {
            try {
                return at.toRealPath().resolve(at.relativize(absolute));
            } catch (IOException notThere) {
                continue;
            }
        }
        return absolute;
    }

    /** Blanks and backslashes in mount points are written as octal escapes. */
    private static String unescape(String field) {
        return field.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private record Mount(Path point, String type) {}
}
