-- ARGV: owner, life of a mark in ms, then done (1) or back (0), class, org, run of each.
local owner, ttl = ARGV[1], ARGV[2]
for i = 3, #ARGV, 4 do
  local done, class, org, run = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  if redis.call('ZREM', inflight, owner .. '/' .. class .. '/' .. org .. '/' .. run) == 1 then
    local mark = redis.call('GET', mark_of(run))
    if mark and mark:sub(2) == owner then
      local asked = mark:sub(1, 1)
      if asked ~= 'h' then
        enqueue(asked, org, run, ttl)
      elseif done == '0' then
        enqueue(class, org, run, ttl)
      else
        redis.call('DEL', mark_of(run))
      end
    end
  end
end
signal()
return added
