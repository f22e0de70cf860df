package dev.mugv.model.archive;

import dev.mugv.model.tensor.ElementType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.razorvine.pickle.IObjectPickler;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.Pickler;
import org.jspecify.annotations.Nullable;

/** Writes dictionaries, text and tensors as {@code torch.save} does: protocol 2, tensors by the ids of their storages. */
final class WeightsPickler extends Pickler {
    /**
     * A tensor that fills its storage, row-major.
     *
     * @param shape sizes of its axes
     */
    record WholeStorage(TorchStorage storage, List<Long> shape) {
        WholeStorage {
            shape = List.copyOf(shape);
        }
    }

    @Override
    protected @Nullable IObjectPickler getCustomPickler(Class<?> type) {
        return type == WholeStorage.class
                ? (value, out, pickler) -> write((WholeStorage) value, out)
                : super.getCustomPickler(type);
    }

    private void write(WholeStorage tensor, OutputStream out) throws IOException {
        global(out, "torch._utils", "_rebuild_tensor_v2");
        out.write(Opcodes.MARK);
        writeId(tensor.storage(), out);
        save(0L); // offset
        save(tensor.shape().toArray());
        save(strides(tensor.shape()).toArray());
        save(false); // requires_grad
        global(out, "collections", "OrderedDict"); // hooks
        out.write(Opcodes.EMPTY_TUPLE);
        out.write(Opcodes.REDUCE);
        out.write(Opcodes.TUPLE);
        out.write(Opcodes.REDUCE);
    }

    private void writeId(TorchStorage storage, OutputStream out) throws IOException {
        out.write(Opcodes.MARK);
        save("storage");
        global(out, "torch", storageClass(storage.type()));
        save(storage.key());
        save("cpu");
        save(storage.elements());
        out.write(Opcodes.TUPLE);
        out.write(Opcodes.BINPERSID);
    }

    private static String storageClass(ElementType type) {
        return switch (type) {
            case F64 -> "DoubleStorage";
            case F32 -> "FloatStorage";
            case F16 -> "HalfStorage";
            case BF16 -> "BFloat16Storage";
            case I64 -> "LongStorage";
            case I32 -> "IntStorage";
            case U8 -> "ByteStorage";
            case BOOL -> "BoolStorage";
        };
    }

    private static List<Long> strides(List<Long> shape) {
        List<Long> strides = new ArrayList<>();
        long stride = 1;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            strides.add(0, stride);
            stride *= Math.max(1, shape.get(axis));
        }
        return strides;
    }

    private static void global(OutputStream out, String module, String name) throws IOException {
        out.write(Opcodes.GLOBAL);
        out.write((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
