package dev.mugv.model.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.Golden;
import dev.mugv.model.tensor.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes a file has: it is read, or refused in the project's form, and nothing else happens. */
class DamagedFilesTest {
    private static final int MUTATIONS = 3000;
    private static final long MOST_VALUES = 1 << 20;

    @TempDir
    Path folder;

    private int refused;

    @Test
    void aFileWithSomeBytesChangedIsReadOrRefused() throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("pt/text_features/clip_001_text.pt"));
        for (int mutation = 0; mutation < MUTATIONS; mutation++) {
            tryToRead(Files.write(folder.resolve("damaged.pt"), mutated(whole, mutation)), mutation);
        }
        assertThat(refused).isPositive();
    }

    @Test
    void aPickleWithSomeBytesChangedIsReadOrRefused() throws Exception {
        Path views = Path.of(TorchFileTest.class.getResource("views.pt").toURI());
        TorchZip original = new TorchZip();
        byte[] pickle = {};
        try (ZipFile zip = new ZipFile(views.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                byte[] content = zip.getInputStream(entry).readAllBytes();
                String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
                original.with(name, content);
                pickle = name.equals("data.pkl") ? content : pickle;
            }
        }
        for (int mutation = 0; mutation < MUTATIONS; mutation++) {
            Path file = original.with("data.pkl", mutated(pickle, mutation)).write(folder.resolve("damaged.pt"));
            tryToRead(file, mutation);
        }
        assertThat(refused).isPositive();
    }

    private void tryToRead(Path file, int mutation) {
        try (TensorSource source = TensorFiles.open(file)) {
            for (String name : source.names()) {
                if (source.shape(name).size() <= MOST_VALUES) {
                    assertThat(source.floats(name))
                            .hasSize((int) source.shape(name).size());
                }
            }
        } catch (WorkFailure e) {
            refused++;
            assertThat(e).as("mutation %d", mutation).hasMessageStartingWith("Cannot read '");
        }
    }

    /** One to four bytes set to others. */
    private static byte[] mutated(byte[] original, int mutation) {
        CounterNoise noise = CounterNoise.of(7, "damage", mutation);
        byte[] bytes = original.clone();
        int count = 1 + (int) (4 * noise.uniform(0));
        for (int i = 1; i <= count; i++) {
            bytes[(int) (bytes.length * noise.uniform(2L * i))] = (byte) (int) (256 * noise.uniform(2L * i + 1));
        }
        return bytes;
    }
}
