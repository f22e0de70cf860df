package dev.mugv.model.dit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.mugv.kernels.collective.Communicator;
import dev.mugv.kernels.collective.Elements;
import dev.mugv.kernels.collective.NumberType;
import dev.mugv.kernels.collective.Operation;
import dev.mugv.kernels.collective.PendingOperation;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.EngineMemory;

/**
 * Tokens and their gradients between the stages of a pipeline. Samples differ in length from pass to pass, so every message is
 * preceded by its shape. What is sent goes on while the stage computes.
 */
final class StageExchange {
    /** Which way a message goes, and so its tags. */
    enum Direction {
        /** Tokens, to the next stage. */
        ONWARD(1),
        /** Their gradients, to the stage before. */
        BACK(-1);

        private final int step;

        Direction(int step) {
            this.step = step;
        }

        private int shapeTag() {
            return 2 * ordinal();
        }

        private int valuesTag() {
            return 2 * ordinal() + 1;
        }
    }

    private static final int AXES = 2;

    private final Communicator stages;

    StageExchange(Communicator stages) {
        this.stages = stages;
    }

    /** A message under way; it owns its values until it is closed, which waits for its end. */
    record Sent(PendingOperation shape, PendingOperation values, Elements sizes, NDArray array)
            implements AutoCloseable {
        @Override
        public void close() {
            shape.await();
            values.await();
            array.close();
        }
    }

    /** Starts to send rows to the neighbour in this direction; the array is the message's from now on. */
    Sent send(NDArray values_RD, Direction direction) {
        int peer = stages.rank() + direction.step;
        Elements sizes = Elements.allocate(NumberType.INT64, AXES);
        for (int axis = 0; axis < AXES; axis++) {
            sizes.longs().put(axis, values_RD.getShape().get(axis));
        }
        return new Sent(
                stages.start(new Operation.Send(sizes, peer, direction.shapeTag())),
                stages.start(new Operation.Send(EngineMemory.elements(values_RD), peer, direction.valuesTag())),
                sizes,
                values_RD);
    }

    /**
     * What the neighbour sent in this direction.
     *
     * @param expected of this stage's own samples
     * @throws WorkFailure of kind DEFECT if the neighbour works on others
     */
    NDArray receive(Shape expected, DataType type, Direction direction, NDManager into) {
        int peer = stages.rank() - direction.step;
        Elements sizes = Elements.allocate(NumberType.INT64, AXES);
        stages.receive(sizes, peer, direction.shapeTag());
        Shape shape = new Shape(sizes.longs().get(0), sizes.longs().get(1));
        NDArray values_RD = into.create(shape, type);
        stages.receive(EngineMemory.elements(values_RD), peer, direction.valuesTag());
        if (!shape.equals(expected)) {
            throw new WorkFailure(
                    FailureKind.DEFECT,
                    "Cannot go on with the pass of stage %d: expected tokens of shape %s from stage %d, found %s. Report this as a defect: the stages work on different samples."
                            .formatted(stages.rank(), expected, peer, shape));
        }
        return values_RD;
    }

    /** Gives every stage the last one's values. */
    void broadcastFromLast(NDArray values) {
        stages.broadcast(EngineMemory.elements(values), stages.size() - 1);
    }

    /** The same, in place; as many on every stage. */
    void broadcastFromLast(double[] values) {
        Elements elements = Elements.allocate(NumberType.FP64, values.length);
        elements.doubles().put(0, values);
        stages.broadcast(elements, stages.size() - 1);
        elements.doubles().get(0, values);
    }
}
