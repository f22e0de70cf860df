package dev.mugv.slurm.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A way to a server on which, when told to, nothing arrives any more and nothing is closed: a firewall that forgets a connection. */
final class QuietWay implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean quiet;

    QuietWay(int target) throws IOException {
        start(() -> {
            while (true) {
                Socket in = door.accept();
                Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.addAll(List.of(in, out));
                start(() -> carry(in.getInputStream(), out.getOutputStream()));
                start(() -> carry(out.getInputStream(), in.getOutputStream()));
            }
        });
    }

    int port() {
        return door.getLocalPort();
    }

    /** From now on nothing arrives. */
    void fallSilent() {
        quiet = true;
    }

    private void carry(InputStream in, OutputStream out) throws IOException {
        byte[] bytes = new byte[8192];
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            if (!quiet) {
                out.write(bytes, 0, count);
                out.flush();
            }
        }
    }

    private static void start(Carrying work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        return; // closed by the test
                    }
                },
                "quiet-way");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Carrying {
        void run() throws IOException;
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
