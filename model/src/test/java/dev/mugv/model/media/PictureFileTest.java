package dev.mugv.model.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFileTest {
    private static final int WIDTH = 66;
    private static final int HEIGHT = 50;
    /** JPEG's losses in the middle of a plain area. */
    private static final int NEAR = 6;

    @TempDir
    private Path folder;

    /** The four quarters as they are shown, by the number that cameras write (EXIF 2.3, tag 0x0112). */
    private static final List<String> SHOWN = List.of("RGBW", "GRWB", "WBGR", "BWRG", "RBGW", "BRWG", "WGBR", "GWRB");

    @Test
    void everyOrientationThatCamerasNoteComesUpright() throws IOException {
        byte[] jpeg = encoded(quarters(BufferedImage.TYPE_INT_RGB), "jpg");
        for (int orientation = 1; orientation <= 8; orientation++) {
            Path file = Files.write(folder.resolve(orientation + ".jpg"), withOrientation(jpeg, orientation));
            RgbFrame picture = PictureFile.read(file);
            boolean turned = orientation > 4;
            assertThat(picture.width()).isEqualTo(turned ? HEIGHT : WIDTH);
            assertThat(picture.height()).isEqualTo(turned ? WIDTH : HEIGHT);
            assertThat(quarters(picture)).as("orientation %d", orientation).isEqualTo(SHOWN.get(orientation - 1));
        }
    }

    @Test
    void everyKindOfPngIsRead() throws IOException {
        for (int type : new int[] {
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_INT_ARGB,
            BufferedImage.TYPE_BYTE_INDEXED,
            BufferedImage.TYPE_3BYTE_BGR
        }) {
            Path file = Files.write(folder.resolve(type + ".png"), encoded(quarters(type), "png"));
            assertThat(quarters(PictureFile.read(file))).as("type %d", type).isEqualTo("RGBW");
        }
        BufferedImage grey = new BufferedImage(5, 3, BufferedImage.TYPE_USHORT_GRAY);
        grey.getRaster().setPixels(0, 0, 5, 3, filled(15, 0x8000));
        RgbFrame read = PictureFile.read(Files.write(folder.resolve("grey.png"), encoded(grey, "png")));
        assertThat(read.channel(4, 2, 1)).isBetween(126, 130);
    }

    @Test
    void whatIsTransparentShowsWhite() throws IOException {
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0xff204060);
        image.setRGB(1, 0, 0x80204060);
        image.setRGB(2, 0, 0x00204060);
        RgbFrame picture = PictureFile.read(Files.write(folder.resolve("glass.png"), encoded(image, "png")));
        // The middle one: 0x80 of 0xff is 50.2 % of the colour and 49.8 % white.
        assertThat(picture.pixels())
                .containsExactly(new byte[] {0x20, 0x40, 0x60, (byte) 143, (byte) 159, (byte) 175, -1, -1, -1});
    }

    @Test
    void anOddSizeIsScaledToCoverAndCutAtTheCentre() throws IOException {
        // Twice as wide as high, of three parts: the middle half is green.
        BufferedImage image = new BufferedImage(202, 101, BufferedImage.TYPE_INT_RGB);
        Graphics2D drawing = image.createGraphics();
        drawing.setColor(Color.RED);
        drawing.fillRect(0, 0, 50, 101);
        drawing.setColor(Color.GREEN);
        drawing.fillRect(50, 0, 102, 101);
        drawing.setColor(Color.BLUE);
        drawing.fillRect(152, 0, 50, 101);
        drawing.dispose();
        Path file = Files.write(folder.resolve("wide.png"), encoded(image, "png"));
        RgbFrame square = PictureFile.read(file, new FrameSize(32, 32));
        assertThat(square.width()).isEqualTo(32);
        assertThat(square.height()).isEqualTo(32);
        for (int x : new int[] {2, 16, 29}) {
            assertThat(colour(square, x, 16)).as("column %d", x).isEqualTo('G');
        }
        // Enlarged as well as reduced; the borders lie at 1/4 and 3/4 of the width.
        RgbFrame wide = PictureFile.read(file, new FrameSize(640, 320));
        assertThat(colour(wide, 150, 100)).isEqualTo('R');
        assertThat(colour(wide, 170, 100)).isEqualTo('G');
        assertThat(colour(wide, 490, 100)).isEqualTo('B');
    }

    @Test
    void colourSurvivesJpeg() throws IOException {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        Graphics2D drawing = image.createGraphics();
        drawing.setColor(new Color(200, 120, 40));
        drawing.fillRect(0, 0, 32, 32);
        drawing.dispose();
        RgbFrame read = PictureFile.read(Files.write(folder.resolve("x.jpg"), encoded(image, "jpg")));
        assertThat(read.channel(16, 16, 0)).isBetween(200 - NEAR, 200 + NEAR);
        assertThat(read.channel(16, 16, 1)).isBetween(120 - NEAR, 120 + NEAR);
        assertThat(read.channel(16, 16, 2)).isBetween(40 - NEAR, 40 + NEAR);
    }

    @Test
    void whatIsNoPictureIsRefusedByName() throws IOException {
        byte[] png = encoded(quarters(BufferedImage.TYPE_INT_RGB), "png");
        byte[] jpeg = encoded(quarters(BufferedImage.TYPE_INT_RGB), "jpg");
        requireRefusal(folder.resolve("none.png"), "there is no such file");
        requireRefusal(folder, "it is not a file");
        requireRefusal(Files.write(folder.resolve("empty.png"), new byte[0]), "it is not a picture");
        requireRefusal(Files.writeString(folder.resolve("text.png"), "no picture\n"), "it is not a picture");
        requireRefusal(SampleVideos.named("thrown-ball.mp4"), "it is not a picture but mov,mp4");
        requireRefusal(Files.write(folder.resolve("cut.png"), Arrays.copyOf(png, png.length / 2)), "damaged");
        requireRefusal(Files.write(folder.resolve("cut.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2)), "damaged");
    }

    private static void requireRefusal(Path file, String fact) {
        assertThatThrownBy(() -> PictureFile.read(file))
                .isInstanceOfSatisfying(
                        WorkFailure.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID_REQUEST))
                .hasMessageStartingWith("Cannot use picture '" + file + "'")
                .hasMessageContaining(fact);
    }

    /** Red and green above, blue and white below. */
    private static BufferedImage quarters(int type) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
        Graphics2D drawing = image.createGraphics();
        Color[] colours = {Color.RED, Color.GREEN, Color.BLUE, Color.WHITE};
        for (int i = 0; i < 4; i++) {
            drawing.setColor(colours[i]);
            drawing.fillRect(i % 2 * WIDTH / 2, i / 2 * HEIGHT / 2, WIDTH / 2, HEIGHT / 2);
        }
        drawing.dispose();
        return image;
    }

    private static String quarters(RgbFrame picture) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            text.append(colour(
                    picture,
                    picture.width() / 4 + i % 2 * picture.width() / 2,
                    picture.height() / 4 + i / 2 * picture.height() / 2));
        }
        return text.toString();
    }

    private static char colour(RgbFrame picture, int x, int y) {
        int bits = 0;
        for (int c = 0; c < 3; c++) {
            bits = 2 * bits + (picture.channel(x, y, c) > 255 - 2 * NEAR ? 1 : 0);
        }
        return "KBG.R..W".charAt(bits);
    }

    private static byte[] encoded(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    /** A JPEG with an EXIF segment behind its first marker that holds nothing but the orientation. */
    private static byte[] withOrientation(byte[] jpeg, int orientation) throws IOException {
        byte[] exif = "Exif\0\0MM\0*\0\0\0\b\0\1\1\22\0\3\0\0\0\1\0?\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
        exif[25] = (byte) orientation;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        out.write(new byte[] {-1, (byte) 0xe1, 0, (byte) (exif.length + 2)});
        out.write(exif);
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    private static int[] filled(int count, int value) {
        int[] values = new int[count];
        Arrays.fill(values, value);
        return values;
    }
}
