package dev.mugv.jobs.web;

import dev.mugv.model.format.MetricsLine;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/** Contents of files that a run leaves. */
final class MadeFiles {
    private MadeFiles() {}

    static String losses(int updates) {
        Random random = new Random(7);
        StringBuilder text =
                new StringBuilder(new MetricsLine(0, Map.of(MetricsLine.VALIDATION_LOSS, 1.9)).json() + "\n");
        for (int update = 1; update <= updates; update++) {
            double loss = 0.8 + Math.exp(-update / 9.0) + 0.05 * random.nextGaussian();
            text.append(new MetricsLine(update, Map.of(MetricsLine.LOSS, loss)).json())
                    .append('\n');
        }
        return text.toString();
    }

    static byte[] picture(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(new Color(0x3a5f8a));
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }
}
