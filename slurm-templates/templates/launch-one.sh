  exec "${command[@]}" --order "$attempt/order.json" --attempt-folder "$attempt" --run "$run"
