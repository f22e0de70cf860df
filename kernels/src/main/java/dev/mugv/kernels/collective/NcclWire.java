package dev.mugv.kernels.collective;

import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.cuda.nccl.ncclUniqueId;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Messages of NCCL: a round is one group call on one stream, with pinned memory of the host and memory of the device for every
 * message. Never run without a GPU.
 */
final class NcclWire implements Wire {
    private static final String FAILURE = "nccl-failure";
    private static final int FAILURE_BYTES = 4096;
    private static final long HEAR_NANOS = 1_000_000_000;

    private final int rank;
    private final int size;
    private final Path failureFile;
    private final ncclComm comm = new ncclComm();
    private final CUstream_st stream = new CUstream_st();
    private final Map<Integer, List<Room>> spare = new HashMap<>();
    private long heard = System.nanoTime();

    /** Memory for a message of some size: the host's and the device's. */
    private record Room(int bytes, BytePointer host, BytePointer device) {
        ByteBuffer hostBytes() {
            return host.position(0).limit(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
        }
    }

    /** What the wire knows of a message: its memory, and the end of its round. */
    private record Flight(Room room, CUevent_st event) {}

    /** Makes one of the visible devices the calling process's. */
    static void useDevice(int localRank) {
        int[] count = new int[1];
        requireCuda(cudart.cudaGetDeviceCount(count), "count devices");
        if (localRank >= count[0]) {
            throw new CollectiveFailure(
                    Reason.LIBRARY,
                    List.of(),
                    "Cannot use NCCL: expected a device for local rank %d, found %d visible ones. Ask for as many GPUs as ranks of each node."
                            .formatted(localRank, count[0]),
                    null);
        }
        requireCuda(cudart.cudaSetDevice(localRank), "choose device " + localRank);
    }

    /** What all ranks of a new world must be told. */
    static byte[] newIdentity() {
        ncclUniqueId id = new ncclUniqueId();
        requireNccl(nccl.ncclGetUniqueId(id), "make an identity");
        byte[] bytes = new byte[nccl.NCCL_UNIQUE_ID_BYTES];
        new BytePointer(id).capacity(bytes.length).get(bytes);
        return bytes;
    }

    /** Returns when all ranks have come here. */
    NcclWire(NcclCommunicator.Place place, byte[] identity, Path rendezvous) {
        rank = place.rank();
        size = place.size();
        failureFile = rendezvous.resolve(FAILURE);
        ncclUniqueId id = new ncclUniqueId();
        new BytePointer(id).capacity(identity.length).put(identity);
        requireNccl(nccl.ncclCommInitRank(comm, size, id, rank), "join the other ranks");
        requireCuda(cudart.cudaStreamCreate(stream), "make a stream");
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void launch(List<Message> round) {
        if (round.isEmpty()) {
            return;
        }
        CUevent_st event = new CUevent_st();
        requireCuda(cudart.cudaEventCreate(event), "make an event");
        for (Message message : round) {
            Room room = room(Math.max(1, message.bytes()));
            message.hold(new Flight(room, event));
            if (!message.isReceive()) {
                room.hostBytes().put(bytes(message.elements()));
                copy(room.device(), room.host(), room, cudart.cudaMemcpyHostToDevice);
            }
        }
        requireNccl(nccl.ncclGroupStart(), "begin a group");
        for (Message message : round) {
            Room room = flight(message).room();
            requireNccl(
                    message.isReceive()
                            ? nccl.ncclRecv(room.device(), room.bytes(), nccl.ncclInt8, message.peer(), comm, stream)
                            : nccl.ncclSend(room.device(), room.bytes(), nccl.ncclInt8, message.peer(), comm, stream),
                    "exchange a message with rank " + message.peer());
        }
        requireNccl(nccl.ncclGroupEnd(), "end a group");
        for (Message message : round) {
            if (message.isReceive()) {
                Room room = flight(message).room();
                copy(room.host(), room.device(), room, cudart.cudaMemcpyDeviceToHost);
            }
        }
        requireCuda(cudart.cudaEventRecord(event, stream), "record an event");
    }

    private void copy(Pointer to, Pointer from, Room room, int kind) {
        requireCuda(cudart.cudaMemcpyAsync(to, from, room.bytes(), kind, stream), "copy a message");
    }

    private static Flight flight(Message message) {
        return (Flight) message.handle();
    }

    @Override
    public Optional<String> look(Message message) {
        int[] state = new int[1];
        requireNccl(nccl.ncclCommGetAsyncError(comm, state), "ask for errors");
        requireNccl(state[0], "exchange messages");
        Flight flight = flight(message);
        int code = cudart.cudaEventQuery(flight.event());
        if (code == cudart.cudaErrorNotReady) {
            return Optional.empty();
        }
        requireCuda(code, "wait for messages");
        if (message.isReceive()) {
            bytes(message.elements()).put(flight.room().hostBytes().limit(message.bytes()));
        }
        spare.computeIfAbsent(flight.room().bytes(), size -> new ArrayList<>()).add(flight.room());
        message.markDone();
        return Optional.empty();
    }

    /** The elements as bytes; of a typed view there is no other way than through its address. */
    private static ByteBuffer bytes(Elements elements) {
        int count = Math.multiplyExact(elements.count(), elements.type().bytes());
        return new BytePointer(new Pointer(elements.buffer()))
                .position(0)
                .capacity(count)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    private Room room(int bytes) {
        List<Room> rooms = spare.getOrDefault(bytes, List.of());
        if (!rooms.isEmpty()) {
            return rooms.remove(rooms.size() - 1);
        }
        BytePointer host = new BytePointer();
        BytePointer device = new BytePointer();
        requireCuda(cudart.cudaMallocHost(host, bytes), "pin " + bytes + " bytes of the host");
        requireCuda(cudart.cudaMalloc(device, bytes), "take " + bytes + " bytes of the device");
        return new Room(bytes, host.capacity(bytes), device.capacity(bytes));
    }

    /** By a file: NCCL itself says no more than that a peer is gone. */
    @Override
    public void tell(CollectiveFailure failure) {
        try {
            Path pending = Files.createTempFile(failureFile.getParent(), "pending-", "-" + FAILURE);
            Files.write(pending, FailureText.bytes(failure, FAILURE_BYTES));
            Files.move(pending, failureFile, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // The others learn the same at their deadline.
            failure.addSuppressed(e);
        }
    }

    @Override
    public Optional<CollectiveFailure> hear() {
        if (System.nanoTime() - heard < HEAR_NANOS) {
            return Optional.empty();
        }
        heard = System.nanoTime();
        try {
            return Files.exists(failureFile)
                    ? Optional.of(FailureText.parse(Files.readAllBytes(failureFile)))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Messages that never come would keep the device for ever. */
    @Override
    public void abandon() {
        nccl.ncclCommAbort(comm);
    }

    @Override
    public void close() {
        spare.values()
                .forEach(rooms -> rooms.forEach(room -> {
                    cudart.cudaFreeHost(room.host());
                    cudart.cudaFree(room.device());
                }));
        requireNccl(nccl.ncclCommDestroy(comm), "leave the other ranks");
        requireCuda(cudart.cudaStreamDestroy(stream), "free a stream");
    }

    private static void requireCuda(int code, String verb) {
        if (code != 0) {
            throw refused(verb, "CUDA", cudart.cudaGetErrorString(code).getString());
        }
    }

    private static void requireNccl(int code, String verb) {
        if (code != 0) {
            throw refused(verb, "NCCL", nccl.ncclGetErrorString(code).getString());
        }
    }

    private static CollectiveFailure refused(String verb, String library, String text) {
        return new CollectiveFailure(
                Reason.LIBRARY,
                List.of(),
                "Cannot %s: %s says '%s'. See the log for its own words (NCCL_DEBUG=INFO)."
                        .formatted(verb, library, text),
                null);
    }
}
