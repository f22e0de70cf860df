package dev.mugv.steps.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
    @Test
    void theNearestAndLastMountDecides() {
        MountTable mounts = MountTable.parse("""
                /dev/sda / ext4 rw 0 0
                filer:/x /no-such-place nfs4 rw 0 0
                tmpfs /no-such-place/scratch tmpfs rw 0 0
                lustre /no-such-place/a\\040b ext4 rw 0 0
                lustre /no-such-place/a\\040b lustre rw 0 0
                """);
        assertThat(mounts.fileSystemOf(Path.of("/no-such-place/data"))).isEqualTo("nfs4");
        assertThat(mounts.fileSystemOf(Path.of("/no-such-place/scratch/data"))).isEqualTo("tmpfs");
        assertThat(mounts.fileSystemOf(Path.of("/no-such-place/a b/c"))).isEqualTo("lustre");
        assertThat(mounts.fileSystemOf(Path.of("/no-such-placement"))).isEqualTo("ext4");
        assertThat(MountTable.isNetwork("lustre")).isTrue();
        assertThat(MountTable.isNetwork("ext4")).isFalse();
    }
}
