-- ARGV: hints per organisation and class, life of a mark in ms, then class, org, run of each hint.
local cap, ttl = tonumber(ARGV[1]), ARGV[2]
for i = 3, #ARGV, 3 do
  local class, org, run = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local mark = redis.call('GET', mark_of(run))
  if not mark then
    if redis.call('LLEN', p .. ':list:' .. class .. ':' .. org) < cap then
      enqueue(class, org, run, ttl)
    end
  elseif mark ~= 'q' then
    local asked = mark:sub(1, 1)
    if asked == 'h' or class < asked then
      redis.call('SET', mark_of(run), class .. mark:sub(2), 'PX', ttl)
    end
  end
end
signal()
return added
