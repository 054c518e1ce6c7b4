-- ARGV: owner, how many, turn, one in so many is bulk, lease in ms, life of a mark in ms.
-- Answers class, org, run of each hint taken.
local owner, count, turn = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local bulk_every, lease, ttl = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local deadline = now() + lease

local function pop(class)
  local ring = p .. ':ring:' .. class
  while true do
    local first = redis.call('ZPOPMIN', ring)
    local org = first[1]
    if not org then
      return nil
    end
    local list = p .. ':list:' .. class .. ':' .. org
    local run = redis.call('LPOP', list)
    if run and redis.call('EXISTS', list) == 1 then
      local last = redis.call('ZREVRANGE', ring, 0, 0, 'WITHSCORES')
      redis.call('ZADD', ring, (tonumber(last[2]) or tonumber(first[2])) + 1, org)
    end
    if run then
      return org, run
    end
  end
end

local out = {}
while #out < count * 3 do
  turn = turn + 1
  local class = turn % bulk_every == 0 and '1' or '0'
  local org, run = pop(class)
  if not run then
    class = class == '0' and '1' or '0'
    org, run = pop(class)
  end
  if not run then
    break
  end
  local mark = redis.call('GET', mark_of(run))
  if mark and mark ~= 'q' then
    -- Its mark had run out while it waited, and somebody holds it by now.
    redis.call('SET', mark_of(run), class .. mark:sub(2), 'PX', ttl)
  else
    redis.call('SET', mark_of(run), 'h' .. owner, 'PX', ttl)
    redis.call('ZADD', inflight, deadline, owner .. '/' .. class .. '/' .. org .. '/' .. run)
    out[#out + 1] = class
    out[#out + 1] = org
    out[#out + 1] = run
  end
end
return out
