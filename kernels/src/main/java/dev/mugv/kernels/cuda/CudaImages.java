package dev.mugv.kernels.cuda;

import dev.mugv.kernels.device.Device;
import dev.mugv.kernels.device.UnusableDeviceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The compiled kernels that this build holds: {@code images.properties}, which {@code build-images} leaves beside them, names the
 * compiler, the images and their hashes. A build without nvcc holds none, and says so.
 */
public final class CudaImages {
    private static final String MANIFEST = "images.properties";
    private static final Pattern CUBIN = Pattern.compile("sm_(\\d+)\\.cubin");
    private static final Pattern PTX = Pattern.compile("compute_(\\d+)\\.ptx");

    private final Properties manifest;

    private CudaImages(Properties manifest) {
        this.manifest = manifest;
    }

    /** Those of this build. */
    public static CudaImages ofThisBuild() {
        Properties manifest = new Properties();
        try (InputStream in = CudaImages.class.getResourceAsStream(MANIFEST)) {
            if (in != null) {
                manifest.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new CudaImages(manifest);
    }

    static CudaImages of(Properties manifest) {
        return new CudaImages(manifest);
    }

    /** For example {@code sm_80.cubin} and {@code compute_80.ptx}; none where the build had no nvcc. */
    public List<String> names() {
        String names = manifest.getProperty("images", "");
        return names.isEmpty() ? List.of() : List.of(names.split(","));
    }

    /** Version of nvcc that compiled them, or {@code none}. */
    public String compiler() {
        return manifest.getProperty("nvcc", "none");
    }

    /**
     * The image for a GPU: the newest cubin of its own major architecture that is not newer than it, else the newest PTX that is
     * not, which the driver compiles.
     *
     * @param capability compute capability as one number, for example 90
     * @throws UnusableDeviceException if there is none
     */
    public String nameFor(int capability, Device device) {
        if (names().isEmpty()) {
            throw new UnusableDeviceException(
                    device.label(),
                    "expected compiled CUDA kernels, found none: this build had no nvcc",
                    "Build on a machine with nvcc, or use the device 'cpu'.");
        }
        return newest(CUBIN, capability, capability / 10 * 10)
                .or(() -> newest(PTX, capability, 0))
                .orElseThrow(() -> new UnusableDeviceException(
                        device.label(),
                        "expected compiled CUDA kernels for sm_%d, found %s".formatted(capability, names()),
                        "Add the architecture to 'build-images' of the kernels and build again, or use another GPU."));
    }

    private Optional<String> newest(Pattern pattern, int capability, int oldest) {
        return names().stream()
                .filter(name -> {
                    int architecture = architecture(pattern, name);
                    return architecture <= capability && architecture >= Math.max(1, oldest);
                })
                .max(Comparator.comparingInt(name -> architecture(pattern, name)));
    }

    private static int architecture(Pattern pattern, String name) {
        Matcher matcher = pattern.matcher(name);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    /** The PTX text that says what every kernel takes. */
    String signatures() {
        String name = names().stream()
                .filter(each -> PTX.matcher(each).matches())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("an image has no PTX beside it"));
        return new String(read(name), StandardCharsets.US_ASCII);
    }

    /** An image, after its hash has been checked. */
    byte[] read(String name) {
        try (InputStream in = CudaImages.class.getResourceAsStream("kernels." + name)) {
            if (in == null) {
                throw damaged(name);
            }
            byte[] content = in.readAllBytes();
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            if (!hash.equals(manifest.getProperty("sha256." + name))) {
                throw damaged(name);
            }
            return content;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static UnusableDeviceException damaged(String name) {
        return new UnusableDeviceException(
                "cuda",
                "the image 'kernels.%s' is absent or is not the one that was built".formatted(name),
                "Install the product again.");
    }
}
